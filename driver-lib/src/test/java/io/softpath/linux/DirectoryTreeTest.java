package io.softpath.linux;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class DirectoryTreeTest {
    @TempDir private Path place;

    @Test
    void shouldRemoveAllThatIsInItAndNothingThatLinksLeadTo() throws IOException {
        Path elsewhere = Files.createDirectory(place.resolve("elsewhere"));
        Path kept = Files.writeString(elsewhere.resolve("kept"), "x");
        Path tree = place.resolve("tree");
        Path deep = Files.createDirectories(tree.resolve("a/b"));
        Files.writeString(deep.resolve("file"), "x");
        Files.createSymbolicLink(tree.resolve("link"), elsewhere);
        Files.createSymbolicLink(tree.resolve("dangling"), place.resolve("nothing"));

        DirectoryTree.remove(tree);

        assertFalse(Files.exists(tree));
        assertTrue(Files.exists(kept));
    }

    @Test
    void shouldFindItFineThatItIsGoneAlready() throws IOException {
        DirectoryTree.remove(place.resolve("nothing"));
    }
}

package io.softpath.abi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class AbiTablesTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "abi.md");

    @Test
    void shouldEqualTheDocument() throws IOException {
        if (Boolean.getBoolean("softpath.docs.write")) {
            Files.createDirectories(DOCUMENT.getParent());
            AbiTables.main(new String[] {DOCUMENT.toString()});
        }
        assertTrue(
                Files.exists(DOCUMENT), "no docs/abi.md; write it with -Dsoftpath.docs.write=true");
        assertEquals(
                AbiTables.markdown(),
                Files.readString(DOCUMENT),
                "docs/abi.md is not what the code says; write it anew with"
                        + " -Dsoftpath.docs.write=true");
    }
}

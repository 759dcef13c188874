package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Documents that the code prints: compared by default, written with {@code
 * -Dsoftpath.docs.write=true}.
 */
final class Documents {
    private Documents() {}

    static void compare(Path document, String generated) throws IOException {
        if (Boolean.getBoolean("softpath.docs.write")) {
            Files.createDirectories(document.getParent());
            Files.writeString(document, generated);
        }
        String committed = Files.exists(document) ? Files.readString(document) : "";
        assertEquals(
                generated,
                committed,
                () ->
                        document.getFileName()
                                + " is not what the code says: run mvn verify"
                                + " -Dsoftpath.docs.write=true and commit it");
    }
}

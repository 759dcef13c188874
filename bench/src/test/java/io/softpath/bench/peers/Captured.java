package io.softpath.bench.peers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What programs once said, kept in files beside the tests. */
final class Captured {
    private Captured() {}

    static List<String> lines(String name) throws IOException {
        try (InputStream in = Captured.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }
}

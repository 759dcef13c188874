package io.softpath.bench.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** What pages hold whatever was measured: a file beside this class. */
final class PageText {
    private PageText() {}

    static String read(String name) {
        try (InputStream file = PageText.class.getResourceAsStream(name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot be read: " + name, e);
        }
    }
}

package io.softpath.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;

/** What the daemon logs between opening and closing, instead of on standard error. */
public final class LogCapture implements AutoCloseable {
    private final PrintStream before = System.err;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    public LogCapture() {
        System.setErr(new PrintStream(bytes, true, UTF_8));
    }

    public List<String> lines() {
        return bytes.toString(UTF_8).lines().toList();
    }

    /** Nothing of the daemon's own went wrong: no line of level ERROR. */
    void assertNoError() {
        List<String> errors = lines().stream().filter(line -> line.contains(" ERROR ")).toList();
        assertEquals(List.of(), errors, "the daemon's log");
    }

    @Override
    public void close() {
        System.setErr(before);
    }
}

package io.softpath.faults.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.softpath.launch.JvmFlags;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A process of ours whose lines are read. */
final class Child implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 120;
    private static final String END = "\0end";

    private final String name;
    private final Process process;
    private final PrintStream orders;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private Child(String name, Process process) {
        this.name = name;
        this.process = process;
        orders = new PrintStream(process.getOutputStream(), true, UTF_8);
        Thread.ofPlatform().daemon().name("lines of " + name).start(this::read);
    }

    /** Starts a JVM with one of our classes. */
    static Child start(Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(JvmFlags.user(List.of(), "", main.getName()));
        command.addAll(List.of(arguments));
        try {
            return new Child(
                    main.getSimpleName(),
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            lines.add("unreadable: " + e);
        }
        lines.add(END);
    }

    /**
     * The next line that begins so, without that; earlier ones are thrown away.
     *
     * @throws Violation if it ends before, or says nothing for long
     */
    String await(String prefix) {
        try {
            while (true) {
                String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (line == null) {
                    throw new Violation(
                            name + " hangs: no '" + prefix + "' within s=" + PATIENCE_SECONDS);
                }
                if (line.equals(END)) {
                    throw new Violation(
                            name + " ended with code=" + process.waitFor() + " before " + prefix);
                }
                if (line.startsWith(prefix)) {
                    return line.substring(prefix.length());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Violation("interrupted", e);
        }
    }

    /**
     * Waits until it has ended by itself.
     *
     * @throws Violation if it did not end well
     */
    void awaitEnd() {
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new Violation(name + " has not ended within s=" + PATIENCE_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Violation("interrupted", e);
        }
        if (process.exitValue() != 0) {
            throw new Violation(name + " ended with code=" + process.exitValue());
        }
    }

    void println(String line) {
        orders.println(line);
    }

    /** Forgets what it has said. */
    void skip() {
        lines.removeIf(line -> !line.equals(END));
    }

    /** It reads the end of what it is told. */
    void endOfOrders() {
        orders.close();
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

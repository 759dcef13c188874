package io.softpath.bench.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One process started by the harness: a JVM on the harness's own class path, or another program.
 * Its output is kept and becomes part of the message when it fails. Not thread-safe: one harness
 * thread drives a child.
 */
public final class Child implements AutoCloseable {
    private static final String END_OF_OUTPUT = "\u0004";

    private final String name;
    private final Process process;
    private final PrintStream stdin;
    private final BlockingQueue<String> unread = new LinkedBlockingQueue<>();
    private final List<String> seen = new ArrayList<>();
    private final List<String> stderr = new CopyOnWriteArrayList<>();
    private final Thread stderrReader;
    private boolean ended;

    private Child(String name, Process process) {
        this.name = name;
        this.process = process;
        this.stdin = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        Thread.ofVirtual()
                .name(name + "-stdout")
                .start(() -> {
                    read(process.getInputStream(), unread::add);
                    unread.add(END_OF_OUTPUT);
                });
        this.stderrReader =
                Thread.ofVirtual()
                        .name(name + "-stderr")
                        .start(() -> read(process.getErrorStream(), stderr::add));
    }

    /** Starts a child that is not a daemon. */
    public static Child start(
            String name, Map<String, String> environment, String main, List<String> arguments) {
        return start(name, JvmArguments.ofChild(), environment, main, arguments);
    }

    /**
     * Starts {@code main} in a JVM of its own, of the same JDK and with the project's JVM flags.
     *
     * @param name what messages call the child
     * @param jvmArguments see {@link JvmArguments}
     * @param environment variables to set in addition to the harness's own
     * @throws BenchFailure if no process can be started
     */
    public static Child start(
            String name,
            List<String> jvmArguments,
            Map<String, String> environment,
            String main,
            List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmArguments);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main);
        command.addAll(arguments);
        return startProgram(name, environment, command);
    }

    /**
     * Starts any program.
     *
     * @throws BenchFailure if no process can be started
     */
    public static Child startProgram(
            String name, Map<String, String> environment, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        try {
            return new Child(name, builder.start());
        } catch (IOException e) {
            throw new BenchFailure("cannot start child: name=" + name + " command=" + command, e);
        }
    }

    /** The child's process id. */
    public long pid() {
        return process.pid();
    }

    /** True until the child has exited. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Writes a line to the child's standard input. */
    public void println(String line) {
        stdin.println(line);
    }

    /**
     * Waits for a line that starts with {@code prefix} and returns it; skips others.
     *
     * @throws BenchFailure if the child ends first or the deadline passes
     */
    public String awaitLine(String prefix, Duration deadline) {
        long end = System.nanoTime() + deadline.toNanos();
        while (!ended) {
            String line = next(end);
            if (line == null) {
                throw failure(
                        "said nothing starting with \""
                                + prefix
                                + "\" within "
                                + deadline.toMillis()
                                + " ms");
            }
            if (line.startsWith(prefix)) {
                return line;
            }
        }
        throw failure("ended before it said \"" + prefix + "\"");
    }

    /**
     * Waits until the child has ended well and returns all lines it printed.
     *
     * @throws BenchFailure if it fails or the deadline passes
     */
    public List<String> awaitSuccess(Duration deadline) {
        long end = System.nanoTime() + deadline.toNanos();
        while (!ended) {
            if (next(end) == null) {
                throw failure("did not end within " + deadline.toMillis() + " ms");
            }
        }
        try {
            if (!process.waitFor(Math.max(end - System.nanoTime(), 0), TimeUnit.NANOSECONDS)) {
                throw failure(
                        "closed its output and did not end within " + deadline.toMillis() + " ms");
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        if (process.exitValue() != 0) {
            throw failure("failed");
        }
        return List.copyOf(seen);
    }

    private String next(long end) {
        try {
            String line = unread.poll(Math.max(end - System.nanoTime(), 0), TimeUnit.NANOSECONDS);
            if (END_OF_OUTPUT.equals(line)) {
                ended = true;
            } else if (line != null) {
                seen.add(line);
            }
            return line;
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static BenchFailure interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new BenchFailure("interrupted", e);
    }

    private BenchFailure failure(String what) {
        String exit = "still running";
        try {
            if (process.waitFor(200, TimeUnit.MILLISECONDS)) {
                exit = "exit code " + process.exitValue();
                stderrReader.join(Duration.ofMillis(200));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        List<String> output = new ArrayList<>(seen);
        output.addAll(stderr);
        return new BenchFailure(
                "child " + name + " " + what + ": " + exit + "\n" + String.join("\n", output));
    }

    private static void read(InputStream stream, Consumer<String> sink) {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                sink.accept(line);
            }
        } catch (IOException e) {
            sink.accept("(output lost: " + e.getMessage() + ")");
        }
    }

    /** Closes the child's standard input, asks it to end, and kills it after two seconds. */
    @Override
    public void close() {
        stdin.close();
        process.destroy();
        try {
            if (!process.waitFor(2, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor(2, TimeUnit.SECONDS);
            }
        } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}

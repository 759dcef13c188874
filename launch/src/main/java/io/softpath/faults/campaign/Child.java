package io.softpath.faults.campaign;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.softpath.error.SoftpathException;
import io.softpath.launch.RankMain;
import io.softpath.linux.PidFd;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A process of the campaign. It ends with the campaign, however that ends: its standard input is a
 * pipe from here, and ranks are killed by the kernel besides.
 */
final class Child implements AutoCloseable {
    /** A killed process ends at once, but for a machine that swaps. */
    private static final long END_MS = 5000;

    static final int SIGQUIT = 3;
    static final int SIGKILL = 9;
    static final int SIGCONT = 18;
    static final int SIGSTOP = 19;

    private final String name;
    private final Process process;
    private final PidFd pidFd;
    private final PrintStream stdin;
    private final Path errors;
    private boolean killed;

    private Child(String name, Process process, Path errors) {
        this.name = name;
        this.process = process;
        this.errors = errors;
        stdin = new PrintStream(process.getOutputStream(), true, UTF_8);
        pidFd = PidFd.open((int) process.pid());
    }

    /**
     * Starts one. Call from a thread that lives as long as it should.
     *
     * @param errors where its standard error goes
     * @param news where it is told what it does
     */
    static Child start(
            String name,
            List<String> command,
            Map<String, String> environment,
            Path errors,
            BlockingQueue<News> news) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(v -> v.matches("(SOFTPATH|PSM)_.*"));
        builder.environment().putAll(environment);
        builder.environment()
                .put(RankMain.LAUNCHER_PID, Long.toString(ProcessHandle.current().pid()));
        builder.redirectError(errors.toFile());
        try {
            Child child = new Child(name, builder.start(), errors);
            Thread.ofPlatform().daemon().name(name).start(() -> child.listen(news));
            return child;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + name, e);
        }
    }

    private void listen(BlockingQueue<News> news) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                news.add(new News.Line(this, line, System.nanoTime()));
            }
        } catch (IOException e) {
            news.add(new News.Line(this, "(output lost: " + e.getMessage() + ")", 0));
        }
        try {
            news.add(new News.Ended(this, process.waitFor()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    long pid() {
        return process.pid();
    }

    void println(String line) {
        stdin.println(line);
    }

    /** SIGKILL. */
    void kill() {
        killed = true;
        signal(SIGKILL);
    }

    /** It kills itself, which is as good. */
    void willDie() {
        killed = true;
    }

    /** Whether it was meant to die. */
    boolean killed() {
        return killed;
    }

    void signal(int number) {
        try {
            pidFd.signal(number);
        } catch (SoftpathException e) {
            // It has just ended.
        }
    }

    void endInput() {
        stdin.close();
    }

    /** The end of what it has written to its standard error. */
    String complaint() {
        try {
            List<String> lines = Files.readAllLines(errors);
            int from = Math.max(0, lines.size() - 12);
            return String.join("\n", lines.subList(from, lines.size()));
        } catch (IOException e) {
            return "(its standard error cannot be read: " + e.getMessage() + ")";
        }
    }

    /** Kills it, and waits until it is no more. */
    @Override
    public void close() {
        kill();
        try {
            process.waitFor(END_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        stdin.close();
        pidFd.close();
    }

    @Override
    public String toString() {
        return name + " (pid " + process.pid() + ")";
    }
}

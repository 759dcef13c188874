package io.softpath.launch;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.softpath.linux.PidFd;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A child JVM of a test: the JDK of this one, the flags of the distribution, a small heap, and by
 * default the class path of this test run.
 *
 * <p>Its two outputs are one list of lines, kept until the end of the test; {@link ChildOutput}
 * attaches them to whatever fails. No child outlives its lifetime or its {@link #close}.
 */
final class Jvm implements AutoCloseable {
    static final int SIGHUP = 1;
    static final int SIGINT = 2;
    static final int SIGKILL = 9;
    static final int SIGTERM = 15;
    static final int SIGCONT = 18;
    static final int SIGSTOP = 19;

    /** The exit code of a process that a signal ended is this plus the signal. */
    static final int EXIT_BY_SIGNAL = 128;

    private static final Duration LIFETIME = Duration.ofSeconds(60);

    /** Every child since {@link #forgetEnded}, oldest first. */
    private static final List<Jvm> STARTED = Collections.synchronizedList(new ArrayList<>());

    private final String name;
    private final Process process;
    private final PrintStream stdin;
    private final CompletableFuture<Void> outputEnd = new CompletableFuture<>();

    private final Object lock = new Object();
    private final List<String> lines = new ArrayList<>(); // guarded by lock
    private boolean ended; // guarded by lock
    private int nextLine; // the first that awaitLine has not looked at; the test's thread only
    private final Future<?> lifetimeEnd;
    private volatile boolean lifetimeOver;

    private Jvm(String name, Process process, Duration lifetime) {
        this.name = name;
        this.process = process;
        this.stdin = new PrintStream(process.getOutputStream(), true, UTF_8);
        Thread.ofVirtual().name(name + "-output").start(this::readOutput);
        lifetimeEnd =
                CompletableFuture.runAsync(
                        this::killAtLifetimeEnd,
                        CompletableFuture.delayedExecutor(
                                lifetime.toMillis(), TimeUnit.MILLISECONDS));
    }

    /** How a child is started; each method changes this one and returns it. */
    static final class Builder {
        private final String mainClass;
        private final List<String> prefix = new ArrayList<>();
        private final List<String> flags =
                new ArrayList<>(
                        List.of(
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-XX:-UsePerfData",
                                "-Xmx64m"));
        private final List<String> arguments = new ArrayList<>();
        private final Map<String, String> environment = new TreeMap<>();
        private String classPath = System.getProperty("java.class.path");
        private Path flagsFile = JvmFlags.file();
        private Duration lifetime = LIFETIME;

        private Builder(String mainClass) {
            this.mainClass = mainClass;
        }

        /** A command that ends in executing the rest of its arguments, such as setpriv. */
        Builder prefix(String... command) {
            prefix.addAll(List.of(command));
            return this;
        }

        /** JVM flags after all others, so that they win. */
        Builder flags(String... more) {
            flags.addAll(List.of(more));
            return this;
        }

        Builder arguments(String... more) {
            arguments.addAll(List.of(more));
            return this;
        }

        Builder environment(String variable, String value) {
            environment.put(variable, value);
            return this;
        }

        Builder classPath(String newClassPath) {
            classPath = newClassPath;
            return this;
        }

        /** Another copy of jvm.flags. */
        Builder flagsFile(Path file) {
            flagsFile = file;
            return this;
        }

        /** When the child is killed if the test has not ended it. */
        Builder lifetime(Duration newLifetime) {
            lifetime = newLifetime;
            return this;
        }

        Jvm start() {
            List<String> command = new ArrayList<>(prefix);
            command.add(JvmFlags.java());
            command.add("@" + flagsFile);
            command.addAll(flags);
            command.addAll(List.of("-cp", classPath, mainClass));
            command.addAll(arguments);
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().keySet().removeIf(variable -> variable.startsWith("SOFTPATH_"));
            builder.environment().putAll(environment);
            try {
                String name = mainClass.substring(mainClass.lastIndexOf('.') + 1);
                Jvm child = new Jvm(name, builder.start(), lifetime);
                STARTED.add(child);
                return child;
            } catch (IOException e) {
                throw new UncheckedIOException("cannot start: command=" + command, e);
            }
        }
    }

    static Builder of(Class<?> mainClass) {
        return of(mainClass.getName());
    }

    static Builder of(String mainClass) {
        return new Builder(mainClass);
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Writes a line to its standard input. */
    void println(String line) {
        stdin.println(line);
    }

    /** Ends its standard input. */
    void closeInput() {
        stdin.close();
    }

    Matcher awaitLine(String regex) {
        return awaitLine(regex, Await.DEADLINE);
    }

    /**
     * Waits for the next line in which the pattern occurs; those before it are skipped, and each
     * line is found once.
     *
     * @return the match, for its groups
     * @throws AssertionError if the output ends or time is up before it comes
     */
    Matcher awaitLine(String regex, Duration deadline) {
        Pattern pattern = Pattern.compile(regex);
        long endNs = System.nanoTime() + deadline.toNanos();
        synchronized (lock) {
            while (true) {
                for (; nextLine < lines.size(); nextLine++) {
                    Matcher matcher = pattern.matcher(lines.get(nextLine));
                    if (matcher.find()) {
                        nextLine++;
                        return matcher;
                    }
                }
                if (ended) {
                    throw failure("ended before it printed \"" + regex + "\"");
                }
                long leftNs = endNs - System.nanoTime();
                if (leftNs <= 0) {
                    throw failure(
                            "did not print \""
                                    + regex
                                    + "\" within "
                                    + deadline.toMillis()
                                    + " ms");
                }
                waitForOutput(leftNs);
            }
        }
    }

    private void waitForOutput(long ns) {
        try {
            TimeUnit.NANOSECONDS.timedWait(lock, ns);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    int exitCode() {
        return exitCode(Await.DEADLINE);
    }

    /**
     * Waits for its end.
     *
     * @return its exit code; {@link #EXIT_BY_SIGNAL} plus the signal that ended it
     * @throws AssertionError if it does not end in time
     */
    int exitCode(Duration deadline) {
        try {
            if (!process.waitFor(deadline.toNanos(), TimeUnit.NANOSECONDS)) {
                throw failure("did not end within " + deadline.toMillis() + " ms");
            }
            outputEnd.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        } catch (Exception e) {
            throw new AssertionError("cannot read the output of " + this, e);
        }
        if (lifetimeOver) {
            throw failure("was killed at the end of its lifetime");
        }
        return process.exitValue();
    }

    /** Waits for its end and insists that it went well. */
    List<String> awaitSuccess() {
        int code = exitCode();
        if (code != 0) {
            throw failure("failed: exitCode=" + code);
        }
        return lines();
    }

    /** Sends a signal. */
    void signal(int signal) {
        try (PidFd itself = PidFd.open((int) pid())) {
            itself.signal(signal);
        }
    }

    /** Whether every thread of it has stopped, after SIGSTOP. */
    boolean isStopped() {
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid()), "task"))) {
            return threads.allMatch(Jvm::isStopped);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isStopped(Path task) {
        try {
            String stat = Files.readString(task.resolve("stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) == 'T'; // behind the name comes the state
        } catch (IOException e) {
            return true; // that thread has just ended
        }
    }

    /** Kills it as {@code kill -9} does, and waits for its end. */
    void kill() {
        process.destroyForcibly();
        exitCode();
    }

    /** What it printed so far. */
    List<String> lines() {
        synchronized (lock) {
            return List.copyOf(lines);
        }
    }

    private AssertionError failure(String what) {
        return new AssertionError(this + " " + what);
    }

    private void readOutput() {
        try (BufferedReader reader = process.inputReader(UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                synchronized (lock) {
                    lines.add(line);
                    lock.notifyAll();
                }
            }
        } catch (IOException e) {
            synchronized (lock) {
                lines.add("(output lost: " + e.getMessage() + ")");
            }
        } finally {
            synchronized (lock) {
                ended = true;
                lock.notifyAll();
            }
            outputEnd.complete(null);
        }
    }

    private void killAtLifetimeEnd() {
        lifetimeOver = process.isAlive();
        process.destroyForcibly();
    }

    /** Kills it if it still runs. */
    @Override
    public void close() {
        lifetimeEnd.cancel(false);
        process.destroyForcibly();
        stdin.close();
        try {
            process.waitFor(Await.DEADLINE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Children started since {@link #forgetEnded}, and those that ran then. */
    static List<Jvm> started() {
        return List.copyOf(STARTED);
    }

    static void forgetEnded() {
        STARTED.removeIf(child -> !child.isAlive());
    }

    @Override
    public String toString() {
        return "child " + name + " pid=" + pid();
    }
}

package io.softpath.launch;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.softpath.fault.Faults;
import io.softpath.faults.plan.Plan;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A daemon as a child process: started, waited for until it is ready, stopped. */
public final class DaemonProcess implements AutoCloseable {
    private static final String MAIN_CLASS = "io.softpath.daemon.Main";
    private static final Path SETSID = Path.of("/usr/bin/setsid");
    private static final String READY = "softpath daemon ready";
    private static final long START_SECONDS = 30;
    private static final long STOP_SECONDS = 10;
    private static final int LOG_LINES_SHOWN = 20;

    private final Process process;
    private final Path log;
    private final String readyLine;

    private DaemonProcess(Process process, Path log, String readyLine) {
        this.process = process;
        this.log = log;
        this.readyLine = readyLine;
    }

    /** The command line of a daemon with these options. */
    static List<String> command(List<String> options) {
        List<String> command = JvmFlags.daemon(MAIN_CLASS);
        command.addAll(options);
        return command;
    }

    /**
     * Starts a daemon that ends with this process, however this process ends: its standard input is
     * a pipe from us. If we are killed it takes the directory away as well.
     *
     * @param directory its run directory, which exists and is ours alone; its log goes there
     */
    public static DaemonProcess startPrivate(Path directory, List<String> options) {
        return startPrivate(directory, options, Map.of());
    }

    /** As {@link #startPrivate(Path, List)}, with more in its environment. */
    static DaemonProcess startPrivate(
            Path directory, List<String> options, Map<String, String> environment) {
        List<String> all =
                new ArrayList<>(
                        List.of("--dir", directory.toString(), "--until-eof", "--remove-dir"));
        all.addAll(options);
        return start(
                new ProcessBuilder(ownSession(command(all))),
                directory.resolve(RunDir.DAEMON_LOG),
                environment);
    }

    /** What a daemon finds in its environment of a plan. */
    static Map<String, String> environment(Plan plan) {
        return plan.forDaemon().map(text -> Map.of(Faults.VARIABLE, text)).orElse(Map.of());
    }

    /** Else Ctrl-C in the terminal would reach it, before those who use it are done. */
    private static List<String> ownSession(List<String> command) {
        List<String> all = new ArrayList<>();
        if (Files.isExecutable(SETSID)) {
            all.add(SETSID.toString());
        }
        all.addAll(command);
        return all;
    }

    /** Starts a daemon that outlives this process and its terminal. */
    static DaemonProcess startDetached(
            Path directory, List<String> options, Map<String, String> environment) {
        List<String> all = new ArrayList<>(List.of("--dir", directory.toString()));
        all.addAll(options);
        ProcessBuilder builder = new ProcessBuilder(ownSession(command(all)));
        builder.redirectInput(Path.of("/dev/null").toFile());
        return start(builder, directory.resolve(RunDir.DAEMON_LOG), environment);
    }

    private static DaemonProcess start(
            ProcessBuilder builder, Path log, Map<String, String> environment) {
        builder.environment().putAll(environment);
        // The log of a daemon that runs already is not touched: the new one will refuse to start.
        boolean theirs = RunDir.isLocked(log.resolveSibling(RunDir.DAEMON_LOCK));
        builder.redirectError(
                theirs
                        ? ProcessBuilder.Redirect.INHERIT
                        : ProcessBuilder.Redirect.to(log.toFile()));
        try {
            Process process = builder.start();
            return new DaemonProcess(process, log, awaitReady(process, theirs ? null : log));
        } catch (IOException e) {
            throw new UncheckedIOException("the daemon does not start", e);
        }
    }

    private static String awaitReady(Process process, Path log) {
        CompletableFuture<String> ready = new CompletableFuture<>();
        Thread.ofPlatform()
                .daemon()
                .name("daemon-output")
                .start(() -> {
                    try (BufferedReader lines =
                            new BufferedReader(
                                    new InputStreamReader(process.getInputStream(), UTF_8))) {
                        for (String line = lines.readLine();
                                line != null;
                                line = lines.readLine()) {
                            if (line.startsWith(READY)) {
                                ready.complete(line);
                            }
                        }
                    } catch (IOException e) {
                        ready.completeExceptionally(e);
                    }
                    ready.complete("");
                });
        try {
            String line = ready.get(START_SECONDS, TimeUnit.SECONDS);
            if (!line.isEmpty()) {
                return line;
            }
            int code = process.waitFor();
            if (code == ExitCode.USAGE || code == ExitCode.BUSY) {
                throw new Trouble(code, log == null ? "the daemon did not start" : firstLine(log));
            }
            throw new Trouble(
                    ExitCode.UNAVAILABLE,
                    "the daemon did not start: it " + Signals.describeExit(code) + tail(log));
        } catch (TimeoutException | ExecutionException e) {
            process.destroyForcibly();
            throw new Trouble(
                    ExitCode.UNAVAILABLE,
                    "the daemon was not ready within " + START_SECONDS + " s" + tail(log),
                    e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new Trouble(ExitCode.FAILED, "interrupted while the daemon started", e);
        }
    }

    /** What a daemon that refused its options said: the sentence comes before any help. */
    private static String firstLine(Path log) {
        try {
            return Files.readAllLines(log)
                    .getFirst()
                    .replaceFirst("^(softpath daemon: )?", "the daemon did not start: ");
        } catch (IOException | NoSuchElementException e) {
            return "the daemon did not start";
        }
    }

    /** The end of a log, to put behind a message. */
    private static String tail(Path log) {
        if (log == null) {
            return "";
        }
        try {
            List<String> lines = Files.readAllLines(log);
            if (lines.isEmpty()) {
                return "";
            }
            int from = Math.max(0, lines.size() - LOG_LINES_SHOWN);
            return "; its log ends with\n  "
                    + String.join("\n  ", lines.subList(from, lines.size()));
        } catch (IOException e) {
            return "";
        }
    }

    /** What it said when it was ready. */
    String readyLine() {
        return readyLine;
    }

    public long pid() {
        return process.pid();
    }

    /** Calls this when the daemon has ended. */
    void onExit(Runnable action) {
        var _ = process.onExit().thenRun(action);
    }

    /** How it ended, with the end of its log. */
    String describeEnd() {
        return "the daemon (pid "
                + pid()
                + ") "
                + Signals.describeExit(process.exitValue())
                + tail(log);
    }

    /** Stops it and waits until it is gone; kills it if it takes too long. Fine if it is gone. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}

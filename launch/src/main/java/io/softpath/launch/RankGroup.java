package io.softpath.launch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.softpath.error.SoftpathException;
import io.softpath.linux.PidFd;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The ranks of one job as child processes: started together, ended together.
 *
 * <p>Everything that happens (a rank ends, a signal arrives, the daemon dies) is an event on one
 * queue that the main thread takes from. That thread also starts the ranks and must outlive them:
 * the kernel ends them with the thread that started them.
 */
final class RankGroup implements AutoCloseable {
    private static final int SIGTERM = 15;
    private static final int SIGKILL = 9;
    private static final long GRACE_NS = TimeUnit.SECONDS.toNanos(2);

    /** What is shown of the ranks' output. */
    enum Show {
        /** All of it, as it comes. */
        PLAIN,

        /** All of it, each line with its rank. */
        LABELLED,

        /** Standard error, each line with its rank. */
        ERRORS
    }

    /** What a rank is given. */
    record Spec(List<String> command, Map<String, String> environment, boolean stdin) {}

    /** How the job ended: exit code for the shell, and a sentence if it is not 0. */
    record Outcome(int exitCode, String reason) {
        static final Outcome OK = new Outcome(ExitCode.OK, "");
    }

    private sealed interface Event {}

    private record Ended(int rank, int exitCode) implements Event {}

    private record Signalled(int number) implements Event {}

    private record Abandoned(String reason) implements Event {}

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final List<Process> ranks = new ArrayList<>();
    private final List<Thread> pumps = new ArrayList<>();
    private final Show show;
    private final PrintStream out;
    private final PrintStream err;
    private boolean keepGoing;

    RankGroup(Show show) {
        this(show, System.out, System.err);
    }

    /** As the other one, with somewhere else for what is labelled to go. */
    RankGroup(Show show, PrintStream out, PrintStream err) {
        this.show = show;
        this.out = out;
        this.err = err;
    }

    /** Lets the others go on when a rank fails. */
    void keepGoing() {
        keepGoing = true;
    }

    /** Starts one more rank. Call from the thread that will call {@link #await}. */
    void start(Spec spec) {
        int rank = ranks.size();
        ProcessBuilder builder = new ProcessBuilder(spec.command());
        builder.environment().putAll(spec.environment());
        builder.redirectInput(
                spec.stdin()
                        ? ProcessBuilder.Redirect.INHERIT
                        : ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        switch (show) {
            case PLAIN ->
                    builder.redirectOutput(ProcessBuilder.Redirect.INHERIT)
                            .redirectError(ProcessBuilder.Redirect.INHERIT);
            case LABELLED -> {}
            case ERRORS -> builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        }
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new Trouble(
                    ExitCode.UNAVAILABLE, "rank " + rank + " does not start: " + e.getMessage(), e);
        }
        ranks.add(process);
        if (show == Show.LABELLED) {
            pump(rank, process.getInputStream(), out);
        }
        if (show != Show.PLAIN) {
            pump(rank, process.getErrorStream(), err);
        }
        var _ = process.onExit().thenAccept(p -> events.add(new Ended(rank, p.exitValue())));
    }

    /** Passes a signal on to all ranks; any thread. */
    void signal(int number) {
        events.add(new Signalled(number));
    }

    /** Ends all ranks; any thread. */
    void abandon(String reason) {
        events.add(new Abandoned(reason));
    }

    /**
     * Waits until all ranks have ended, and sees to it that they do once one has failed, unless
     * they may go on.
     */
    Outcome await() throws InterruptedException {
        Outcome outcome = Outcome.OK;
        boolean ending = false;
        long killAtNs = Long.MAX_VALUE;
        int running = ranks.size();
        while (running > 0) {
            Event event =
                    ending
                            ? events.poll(
                                    Math.max(0, killAtNs - System.nanoTime()), TimeUnit.NANOSECONDS)
                            : events.take();
            switch (event) {
                case null -> {
                    sendAll(SIGKILL);
                    killAtNs = System.nanoTime() + GRACE_NS;
                    continue;
                }
                case Ended(int rank, int exitCode) -> {
                    running--;
                    if (exitCode == 0 || ending || outcome.exitCode() != ExitCode.OK) {
                        continue;
                    }
                    String reason =
                            "rank "
                                    + rank
                                    + " (pid "
                                    + ranks.get(rank).pid()
                                    + ") "
                                    + Signals.describeExit(exitCode);
                    outcome =
                            new Outcome(
                                    exitCode,
                                    running > 0 && !keepGoing
                                            ? reason + "; ending the others"
                                            : reason);
                    if (keepGoing) {
                        continue;
                    }
                    sendAll(SIGTERM);
                }
                case Signalled(int number) -> {
                    outcome =
                            ending
                                    ? outcome
                                    : new Outcome(
                                            ExitCode.SIGNAL + number,
                                            "ended by " + Signals.name(number));
                    sendAll(ending ? SIGKILL : number);
                }
                case Abandoned(String reason) -> {
                    outcome = ending ? outcome : new Outcome(ExitCode.FAILED, reason);
                    sendAll(SIGTERM);
                }
            }
            if (!ending) {
                ending = true;
                killAtNs = System.nanoTime() + GRACE_NS;
            }
        }
        for (Thread pump : pumps) {
            pump.join(GRACE_NS / 1_000_000);
        }
        return outcome;
    }

    /** Process numbers, by rank. */
    List<Long> pids() {
        return ranks.stream().map(Process::pid).toList();
    }

    boolean allGone() {
        return ranks.stream().noneMatch(Process::isAlive);
    }

    private void sendAll(int signal) {
        for (Process rank : ranks) {
            if (rank.isAlive()) {
                send((int) rank.pid(), signal);
            }
        }
    }

    private static void send(int pid, int signal) {
        try (PidFd process = PidFd.open(pid)) {
            process.signal(signal);
        } catch (SoftpathException e) {
            // It has just ended.
        }
    }

    private void pump(int rank, InputStream from, PrintStream to) {
        String prefix = "[" + rank + "] ";
        pumps.add(
                Thread.ofPlatform()
                        .daemon()
                        .name("output-" + rank)
                        .start(() -> {
                            // Bytes go through as they are, whatever they mean.
                            try (BufferedReader lines =
                                    new BufferedReader(new InputStreamReader(from, ISO_8859_1))) {
                                for (String line = lines.readLine();
                                        line != null;
                                        line = lines.readLine()) {
                                    // In one piece, however long: others write there as well.
                                    to.writeBytes((prefix + line + "\n").getBytes(ISO_8859_1));
                                    to.flush();
                                }
                            } catch (IOException e) {
                                to.println(prefix + "(output lost: " + e.getMessage() + ")");
                            }
                        }));
    }

    /** Kills what still runs. */
    @Override
    public void close() {
        ranks.forEach(Process::destroyForcibly);
    }
}

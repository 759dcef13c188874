package io.softpath.launch;

import io.softpath.fault.Faults;
import io.softpath.faults.plan.Plan;
import io.softpath.faults.plan.TimedFaults;
import io.softpath.job.JobServer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A job with all it needs: a directory of its own, a daemon of its own unless one is given, the
 * socket through which ranks find each other, and the ranks. Closing it takes everything away
 * again.
 */
final class JobRunner implements AutoCloseable {
    private static final String SOCKET = "job";

    private final PrivateDir directory;
    private final Path runDirectory;
    private final Optional<JobDaemon> daemon;
    private final JobServer server;
    private final RankGroup ranks;
    private final int size;
    private final Thread hook = Thread.ofPlatform().unstarted(this::release);
    private boolean released;

    private JobRunner(
            PrivateDir directory,
            Path runDirectory,
            Optional<JobDaemon> daemon,
            JobServer server,
            RankGroup ranks) {
        this.directory = directory;
        this.runDirectory = runDirectory;
        this.daemon = daemon;
        this.server = server;
        this.ranks = ranks;
        this.size = server.size();
        Runtime.getRuntime().addShutdownHook(hook);
        Signals.handle(ranks::signal, "INT", "TERM", "HUP");
    }

    /** Prepares a job on the daemon that serves this run directory. */
    static JobRunner on(RunDir runDir, int size, RankGroup.Show show) {
        PrivateDir directory = PrivateDir.create();
        return new JobRunner(
                directory,
                runDir.path(),
                Optional.empty(),
                serve(directory, size),
                new RankGroup(show));
    }

    /** Prepares a job on a daemon of its own. */
    static JobRunner onPrivateDaemon(List<String> daemonOptions, int size, RankGroup.Show show) {
        return onPrivateDaemon(daemonOptions, size, show, Plan.NONE);
    }

    /** As {@link #onPrivateDaemon(List, int, RankGroup.Show)}, to whom a plan happens. */
    static JobRunner onPrivateDaemon(
            List<String> daemonOptions, int size, RankGroup.Show show, Plan plan) {
        PrivateDir directory = PrivateDir.create();
        boolean started = false;
        try {
            RankGroup ranks = new RankGroup(show);
            JobDaemon daemon =
                    JobDaemon.start(directory.path(), daemonOptions, plan, ranks::abandon);
            started = true;
            return new JobRunner(
                    directory,
                    directory.path(),
                    Optional.of(daemon),
                    serve(directory, size),
                    ranks);
        } finally {
            if (!started) {
                directory.close();
            }
        }
    }

    private static JobServer serve(PrivateDir directory, int size) {
        return JobServer.open(directory.path().resolve(SOCKET), size);
    }

    /**
     * Runs the ranks to their end. Call from a thread that lives until the job is closed.
     *
     * @param units spread the ranks over this many units; 0 leaves the choice to the daemon
     * @param variables set for each rank, beside those that make it one
     */
    RankGroup.Outcome run(List<String> command, int units, Map<String, String> variables)
            throws InterruptedException {
        return run(command, units, variables, Plan.NONE);
    }

    /** As {@link #run(List, int, Map)}, with a plan of what happens to the ranks. */
    RankGroup.Outcome run(List<String> command, int units, Map<String, String> variables, Plan plan)
            throws InterruptedException {
        for (int rank = 0; rank < size; rank++) {
            Map<String, String> environment = new HashMap<>(variables);
            environment.put(RunDir.VARIABLE, runDirectory.toString());
            environment.put("SOFTPATH_RANK", Integer.toString(rank));
            environment.put("SOFTPATH_SIZE", Integer.toString(size));
            environment.put("SOFTPATH_JOB", server.path().toString());
            environment.put(RankMain.LAUNCHER_PID, Long.toString(ProcessHandle.current().pid()));
            plan.forRank(rank, size).ifPresent(text -> environment.put(Faults.VARIABLE, text));
            if (units > 0) {
                environment.put("SOFTPATH_UNIT", Integer.toString(rank % units));
            }
            ranks.start(new RankGroup.Spec(command, environment, rank == 0));
        }
        try (TimedFaults _ = TimedFaults.start(plan, size, new Processes())) {
            return ranks.await();
        }
    }

    /** Where faults by time find the processes of this job. */
    private final class Processes implements TimedFaults.Processes {
        @Override
        public OptionalInt rank(int rank) {
            return alive(ranks.pids().get(rank));
        }

        @Override
        public OptionalInt daemon() {
            return daemon.map(d -> alive(d.process().pid())).orElse(OptionalInt.empty());
        }

        private static OptionalInt alive(long pid) {
            return ProcessHandle.of(pid).isPresent()
                    ? OptionalInt.of((int) pid)
                    : OptionalInt.empty();
        }
    }

    /** Lets the others go on when a rank fails. */
    void keepGoing() {
        ranks.keepGoing();
    }

    /** What the ranks gave to their last collective, in rank order. */
    Optional<List<byte[]>> lastGather() {
        return server.lastGather();
    }

    Path runDirectory() {
        return runDirectory;
    }

    Path directory() {
        return directory.path();
    }

    Optional<DaemonProcess> daemon() {
        return daemon.map(JobDaemon::process);
    }

    /** Process numbers of the ranks. */
    List<Long> pids() {
        return ranks.pids();
    }

    /** What should be gone after {@link #close} and is not; empty if all is well. */
    List<String> leftovers() {
        List<String> found = new ArrayList<>();
        if (!ranks.allGone()) {
            found.add("a rank still runs: " + pids());
        }
        daemon().filter(d -> ProcessHandle.of(d.pid()).isPresent())
                .ifPresent(d -> found.add("the daemon still runs: pid=" + d.pid()));
        if (Files.exists(directory.path())) {
            found.add("the run directory is still there: " + directory.path());
        }
        return found;
    }

    private synchronized void release() {
        if (released) {
            return;
        }
        released = true;
        ranks.close();
        server.close();
        daemon.ifPresent(JobDaemon::close);
        directory.close();
    }

    @Override
    public void close() {
        release();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The hook is what runs us.
        }
    }
}

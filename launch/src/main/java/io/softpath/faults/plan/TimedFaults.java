package io.softpath.faults.plan;

import io.softpath.error.SoftpathException;
import io.softpath.fault.FaultAction;
import io.softpath.linux.PidFd;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Kills and stops processes at the times that a plan says, from outside. One thread of its own; who
 * is stopped is continued before it ends.
 */
public final class TimedFaults implements AutoCloseable {
    private static final int SIGKILL = 9;
    private static final int SIGCONT = 18;
    private static final int SIGSTOP = 19;

    /** Where the processes are now. */
    public interface Processes {
        /** The process number of a rank; empty if it does not run. */
        OptionalInt rank(int rank);

        /** That of the daemon; empty if it does not run, or is not ours to kill. */
        OptionalInt daemon();
    }

    /** Something to be done at a time. */
    private record Due(long ns, long number, Runnable deed) {}

    private final Processes processes;
    private final int ranks;
    private final SplittableRandom random;
    private final Thread thread;

    // Guarded by this.
    private final PriorityQueue<Due> due =
            new PriorityQueue<>((a, b) ->
                    a.ns() != b.ns()
                            ? Long.signum(a.ns() - b.ns())
                            : Long.compare(a.number(), b.number()));
    private final List<Integer> stopped = new ArrayList<>();
    private long number;
    private boolean closed;

    private TimedFaults(Plan plan, int ranks, Processes processes) {
        this.processes = processes;
        this.ranks = ranks;
        random = new SplittableRandom(plan.seed());
        long start = System.nanoTime();
        for (Planned.ByTime each : plan.byTime()) {
            long wait = each.earliestNs();
            if (each.latestNs() > wait) {
                wait += random.nextLong(each.latestNs() - wait + 1);
            }
            schedule(start + wait, each, each.times());
        }
        thread = Thread.ofPlatform().daemon().name("softpath-timed-faults").unstarted(this::run);
    }

    /** Begins to count the times of a plan, from now on. */
    public static TimedFaults start(Plan plan, int ranks, Processes processes) {
        TimedFaults faults = new TimedFaults(plan, ranks, processes);
        faults.thread.start();
        return faults;
    }

    private synchronized void schedule(long ns, Planned.ByTime fault, int times) {
        due.add(
                new Due(
                        ns,
                        number++,
                        () -> {
                            strike(fault);
                            if (times > 1) {
                                schedule(ns + fault.everyNs(), fault, times - 1);
                            }
                        }));
    }

    private void run() {
        try {
            for (Due next = await(); next != null; next = await()) {
                next.deed().run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What is to be done next, when its time has come; null at the end. */
    private synchronized Due await() throws InterruptedException {
        while (!closed) {
            if (due.isEmpty()) {
                wait();
                continue;
            }
            long left = due.peek().ns() - System.nanoTime();
            if (left <= 0) {
                return due.poll();
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return null;
    }

    private void strike(Planned.ByTime fault) {
        switch (fault.target().kind()) {
            case RANK -> strike(fault, processes.rank(fault.target().rank()));
            case ANY_RANK -> strike(fault, processes.rank(random.nextInt(ranks)));
            case EVERY_RANK -> {
                for (int rank = 0; rank < ranks; rank++) {
                    strike(fault, processes.rank(rank));
                }
            }
            case DAEMON -> strike(fault, processes.daemon());
        }
    }

    private synchronized void strike(Planned.ByTime fault, OptionalInt process) {
        if (process.isEmpty() || closed) {
            return;
        }
        int pid = process.getAsInt();
        if (fault.action() instanceof FaultAction.Stop stop) {
            signal(pid, SIGSTOP);
            stopped.add(pid);
            due.add(new Due(System.nanoTime() + stop.ns(), number++, () -> goOn(pid)));
        } else {
            signal(pid, SIGKILL);
        }
    }

    private synchronized void goOn(int pid) {
        stopped.remove(Integer.valueOf(pid));
        if (!stopped.contains(pid)) {
            signal(pid, SIGCONT);
        }
    }

    private static void signal(int pid, int signal) {
        try (PidFd process = PidFd.open(pid)) {
            process.signal(signal);
        } catch (SoftpathException e) {
            // It has just ended.
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
            stopped.forEach(pid -> signal(pid, SIGCONT));
            stopped.clear();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

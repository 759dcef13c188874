package io.softpath.bench.idle;

import io.softpath.bench.process.BenchFailure;
import io.softpath.bench.process.Child;
import io.softpath.bench.process.PrivateDaemon;
import io.softpath.bench.process.ProcessUsage;
import io.softpath.bench.process.Rounds;
import io.softpath.bench.process.UserPair;
import io.softpath.bench.report.Result;

import org.HdrHistogram.Histogram;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Measures what daemon and users cost while nobody sends. Half as many rounds do: it is long. */
public final class IdleBench {
    static final String CPU = "idle.cpu";
    static final String WAKEUPS = "idle.wakeups";
    static final String USER_CPU = "idle.user.cpu";
    static final String WAKE = "idle.wake.rtt";
    static final String RSS = "daemon.rss";

    private static final int SLEEPERS = 4;
    private static final int CONTEXTS = 16;

    /** What a JVM does after its start is not idling. */
    private static final Duration SETTLING = Duration.ofSeconds(2);

    private static final String PERCENT = "% of a CPU";
    private static final double MEGABYTE = 1e6;

    private final Rounds rounds;
    private final Duration idle;
    private final List<Double> cpu = new ArrayList<>();
    private final List<Double> wakeups = new ArrayList<>();
    private final List<Double> userCpu = new ArrayList<>();
    private final List<Histogram> wakes = new ArrayList<>();
    private final List<Double> rss = new ArrayList<>();
    private double sharedMegabytes;

    public IdleBench(Rounds rounds) {
        this.rounds = new Rounds((rounds.count() + 1) / 2, rounds.measured(), rounds.progress());
        idle = rounds.times(8);
    }

    /** What its results are called. */
    public static List<String> names() {
        return List.of(CPU, WAKEUPS, USER_CPU, WAKE, RSS);
    }

    /** Measures everything, in the order in which it is reported. */
    public List<Result> run() {
        rounds.each(
                "idle daemon, memory",
                () -> {
                    try (PrivateDaemon daemon = PrivateDaemon.start()) {
                        sleepers(daemon);
                        memory(daemon);
                    }
                });
        String over = " over " + idle.toMillis() + " ms, from /proc/PID/task/*/";
        return List.of(
                result(CPU, PERCENT, cpu)
                        .noted(
                                "a daemon with "
                                        + SLEEPERS
                                        + " sleeping users"
                                        + over
                                        + "schedstat"),
                result(WAKEUPS, "wake-ups/s", wakeups)
                        .noted(
                                "all threads of the same daemon"
                                        + over
                                        + "status; its JVM's own are among them"),
                result(USER_CPU, PERCENT, userCpu)
                        .noted("a user that waits for a packet, the mean of " + SLEEPERS),
                Result.ofHistograms(WAKE, "ns", wakes)
                        .noted("a message and its answer while daemon and both users sleep"),
                result(RSS, "MB", rss)
                        .noted(
                                CONTEXTS
                                        + " contexts open, each used once; "
                                        + Math.round(sharedMegabytes)
                                        + " MB of it is memory shared with them"));
    }

    private Result result(String name, String unit, List<Double> values) {
        return Result.ofValues(name, unit, values.size(), values);
    }

    private void sleepers(PrivateDaemon daemon) {
        List<Child> sleepers = new ArrayList<>();
        try {
            for (int i = 0; i < SLEEPERS; i++) {
                sleepers.add(daemon.startUser(IdleUser.class, IdleUser.SLEEPER));
            }
            List<String> addresses = sleepers.stream().map(UserPair::address).toList();
            sleep(SETTLING);
            idle(daemon, sleepers);
            wakes.add(wake(daemon, addresses.getFirst()));
        } finally {
            sleepers.forEach(Child::close);
        }
    }

    private void idle(PrivateDaemon daemon, List<Child> sleepers) {
        long begin = System.nanoTime();
        long cpuBefore = ProcessUsage.cpuNs(daemon.pid());
        long sleepsBefore = ProcessUsage.waits(daemon.pid());
        long userBefore = cpuNs(sleepers);
        sleep(idle);
        long ns = System.nanoTime() - begin;
        cpu.add(100.0 * (ProcessUsage.cpuNs(daemon.pid()) - cpuBefore) / ns);
        wakeups.add(1e9 * (ProcessUsage.waits(daemon.pid()) - sleepsBefore) / ns);
        userCpu.add(100.0 * (cpuNs(sleepers) - userBefore) / ns / SLEEPERS);
    }

    private static long cpuNs(List<Child> users) {
        return users.stream().mapToLong(user -> ProcessUsage.cpuNs(user.pid())).sum();
    }

    private static Histogram wake(PrivateDaemon daemon, String sleeper) {
        try (Child waker = daemon.startUser(IdleUser.class, IdleUser.WAKER)) {
            UserPair.address(waker);
            return UserPair.measureAlone(waker, sleeper, Duration.ZERO).histogram(WAKE);
        }
    }

    private void memory(PrivateDaemon daemon) {
        try (Child holder =
                daemon.startUser(IdleUser.class, IdleUser.HOLDER, String.valueOf(CONTEXTS))) {
            UserPair.address(holder);
            rss.add(ProcessUsage.residentBytes(daemon.pid()) / MEGABYTE);
            sharedMegabytes = ProcessUsage.residentSharedBytes(daemon.pid()) / MEGABYTE;
        }
    }

    private static void sleep(Duration duration) {
        try {
            Thread.sleep(duration); // idling is what is measured: nothing is waited for
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchFailure("interrupted", e);
        }
    }
}

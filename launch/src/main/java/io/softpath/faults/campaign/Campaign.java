package io.softpath.faults.campaign;

import io.softpath.faults.report.CampaignResult;
import io.softpath.faults.report.Found;
import io.softpath.faults.report.RoundResult;
import io.softpath.launch.ExitCode;
import io.softpath.launch.Trouble;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Rounds on one daemon, after one without faults in which everybody loads what it needs. */
final class Campaign {
    static final int WARM_UP = 0;
    private static final int WARM_UP_MS = 500;

    private final Settings settings;
    private final String command;
    private final Consumer<RoundResult> progress;

    /**
     * @param command how to repeat a round: its number is put behind it
     * @param progress is told of each round
     */
    Campaign(Settings settings, String command, Consumer<RoundResult> progress) {
        this.settings = settings;
        this.command = command;
        this.progress = progress;
    }

    /** Runs it; call from a thread that lives until it is over. */
    CampaignResult run() {
        String started = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        long originNs = System.nanoTime();
        List<RoundResult> results = new ArrayList<>();
        try (Places places = new Places();
                Cluster cluster = new Cluster(settings, places);
                Interruption _ = Interruption.cleans(cluster, places)) {
            startDaemon(cluster);
            cluster.loadSpares();
            Books books = new Books(places, cluster);
            RoundResult warmUp =
                    new Round(
                                    WARM_UP,
                                    settings.of(WARM_UP_MS),
                                    cluster,
                                    places,
                                    books,
                                    new Log(WARM_UP, repeat(WARM_UP), originNs))
                            .run(List.of());
            if (!warmUp.found().isEmpty()) {
                results.add(warmUp);
                progress.accept(warmUp);
            }
            // What is broken without any fault needs none to be looked at first.
            int rounds = results.isEmpty() ? settings.rounds() : 0;
            for (int i = 0; i < rounds && !isOver(originNs); i++) {
                if (settings.plan().forDaemon().isPresent()) {
                    replaceDaemon(cluster);
                }
                int number = settings.firstRound() + i;
                Log log = new Log(number, repeat(number), originNs);
                RoundResult result =
                        new Round(number, settings, cluster, places, books, log)
                                .run(Schedule.of(settings, number));
                results.add(result);
                progress.accept(result);
            }
        }
        return new CampaignResult(settings.seed(), started, command, machine(), results);
    }

    private boolean isOver(long originNs) {
        long limit = TimeUnit.MILLISECONDS.toNanos(settings.limitMs());
        return limit != 0 && System.nanoTime() - originNs > limit;
    }

    private void startDaemon(Cluster cluster) {
        cluster.startDaemon();
        Log log = new Log(WARM_UP, "", 0);
        awaitDaemon(cluster, Watch.forDaemon(cluster, log), log);
    }

    /** The one of the round that begins has the faults of the plan. */
    private void replaceDaemon(Cluster cluster) {
        Log log = new Log(WARM_UP, "", 0);
        Watch watch = Watch.forDaemon(cluster, log);
        cluster.planDaemon();
        Child before = cluster.daemon();
        watch.killDaemon();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(settings.patienceS());
        watch.until(end, () -> cluster.daemon() != before);
        awaitDaemon(cluster, watch, log);
    }

    private void awaitDaemon(Cluster cluster, Watch watch, Log log) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(settings.patienceS());
        if (!watch.until(end, () -> cluster.daemonReady() || !log.found().isEmpty())
                || !log.found().isEmpty()) {
            String why =
                    log.found().stream()
                            .map(Found::text)
                            .findFirst()
                            .orElse(cluster.daemon().complaint());
            throw new Trouble(ExitCode.UNAVAILABLE, "the daemon does not start: " + why);
        }
    }

    private String repeat(int round) {
        return command + " --round " + round;
    }

    private static String machine() {
        return Runtime.getRuntime().availableProcessors()
                + " CPUs, "
                + System.getProperty("os.name")
                + " "
                + System.getProperty("os.version")
                + ", JDK "
                + Runtime.version();
    }
}

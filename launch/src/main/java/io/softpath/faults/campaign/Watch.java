package io.softpath.faults.campaign;

import io.softpath.faults.check.Event;
import io.softpath.faults.check.Event.How;
import io.softpath.faults.check.History;
import io.softpath.launch.Signals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Hears what the children say, tells them of each other, replaces who is dead, and writes down who
 * came and went, for the checker.
 */
final class Watch {
    private static final double NS_PER_MS = 1e6;

    // Exit codes of a rank.
    private static final int OVERDUE = 4;
    private static final int BY_SIGKILL = 128 + 9;

    private final Cluster cluster;
    private final History history;
    private final Recorded recorded;
    private final Log log;
    private final String plant;
    private final List<Double> lostMs = new ArrayList<>();
    private final List<Rank> present = new ArrayList<>();
    private long daemonKilledNs;
    private boolean daemonKilledFromOutside;
    private boolean replace = true;

    /**
     * @param plant the bug to put into those who are opened
     */
    Watch(Cluster cluster, History history, Recorded recorded, Log log, String plant) {
        this.cluster = cluster;
        this.plant = plant;
        this.history = history;
        this.recorded = recorded;
        this.log = log;
    }

    /** One that hears of the daemon alone. */
    static Watch forDaemon(Cluster cluster, Log log) {
        return new Watch(cluster, new History(), new Recorded(), log, Settings.NO_PLANT);
    }

    /** Processes that worked in this round. */
    List<Rank> present() {
        return present;
    }

    List<Double> lostMs() {
        return lostMs;
    }

    /** Opens the first process of a rank in this round. */
    void begin(int rank, boolean planned) {
        if (planned) {
            present.add(cluster.begin(rank, plant));
        } else {
            open(rank);
        }
    }

    private void open(int rank) {
        present.add(cluster.open(rank, plant));
    }

    /** Who ends from now on is not replaced. */
    void replaceNobody() {
        replace = false;
    }

    boolean mayKillDaemon() {
        return cluster.daemonReady() && !daemonKilledFromOutside;
    }

    void killDaemon() {
        if (mayKillDaemon()) {
            daemonKilledNs = System.nanoTime();
            daemonKilledFromOutside = true;
            cluster.daemon().kill();
        }
    }

    /**
     * Hears until something holds.
     *
     * @return whether it holds; false if the time was over before
     */
    boolean until(long endNs, BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            long left = endNs - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            try {
                News next = cluster.news().poll(left, TimeUnit.NANOSECONDS);
                if (next != null) {
                    hear(next);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    private void hear(News news) {
        Rank rank = cluster.rank(news.from());
        switch (news) {
            case News.Line line when rank == null -> onDaemonLine(line);
            case News.Line line -> onLine(rank, line);
            case News.Ended ended when rank == null -> onDaemonEnd(ended);
            case News.Ended ended -> onEnd(rank, ended.exitCode());
        }
    }

    // The daemon.

    private void onDaemonLine(News.Line line) {
        if (line.from() == cluster.daemon() && line.text().startsWith("softpath daemon ready")) {
            cluster.daemonIsReady();
            log.happened(-1, "daemon ready");
        }
    }

    private void onDaemonEnd(News.Ended ended) {
        if (ended.from() != cluster.daemon()) {
            return;
        }
        boolean killed = ended.from().killed() && ended.exitCode() == BY_SIGKILL;
        if (killed && !daemonKilledFromOutside) {
            log.died(cluster.daemonPoint());
            daemonKilledNs = 0;
        }
        daemonKilledFromOutside = false;
        if (!killed) {
            log.found(
                    "DAEMON_LIVES",
                    ended.from().toString(),
                    Signals.describeExit(ended.exitCode())
                            + ", and nobody had killed it\n"
                            + ended.from().complaint());
        }
        cluster.startDaemon();
    }

    // The ranks.

    private void onLine(Rank rank, News.Line line) {
        String[] words = line.text().split(" ", 3);
        switch (words[0]) {
            case "ready" -> onReady(rank, Integer.parseInt(words[1]), words[2]);
            case "lost" -> onLost(rank, Long.parseLong(words[2]));
            case "drained" -> rank.drained = true;
            case "closed" -> {
                rank.closed = true;
                if (!words[2].equals("OK")) {
                    log.found("NOBODY_HANGS", rank.toString(), "parted with " + words[2]);
                }
            }
            case "overdue" -> log.found("NOBODY_HANGS", rank.toString(), line.text());
            default -> log.said(line.text());
        }
    }

    private void onReady(Rank rank, int incarnation, String id) {
        rank.incarnation = incarnation;
        rank.readyNs = System.nanoTime();
        rank.id = id;
        rank.drained = false;
        recorded.began(rank.number, incarnation);
        history.add(new Event.Started(recorded.incarnation(incarnation)));
        log.happened(rank.number, "ready");
        for (Rank other : cluster.working()) {
            if (other != null && other != rank && !other.ended) {
                if (other.incarnation != 0) {
                    rank.child.println(place(other));
                }
                other.child.println(place(rank));
            }
        }
    }

    private static String place(Rank rank) {
        return "peer " + rank.number + " " + rank.incarnation + " " + rank.id;
    }

    private void onLost(Rank rank, long atNs) {
        end(rank, How.LOST);
        log.happened(rank.number, "lost the device");
        // A daemon that killed itself did not say when; who came later lost it to something else.
        if (daemonKilledNs != 0 && rank.readyNs - daemonKilledNs < 0 && atNs - daemonKilledNs > 0) {
            lostMs.add((atNs - daemonKilledNs) / NS_PER_MS);
        }
    }

    private void end(Rank rank, How how) {
        if (rank.incarnation != 0) {
            history.add(new Event.Ended(recorded.incarnation(rank.incarnation), how));
            rank.incarnation = 0;
        }
    }

    private void onEnd(Rank rank, int exitCode) {
        rank.ended = true;
        if (rank.closed && exitCode == 0) {
            end(rank, How.EXITED);
        } else if (rank.child.killed() && exitCode == BY_SIGKILL) {
            end(rank, How.KILLED);
            if (!rank.killedFromOutside) {
                log.died(rank);
            }
        } else if (exitCode == OVERDUE) {
            end(rank, How.HUNG);
        } else {
            end(rank, How.KILLED);
            log.found(
                    "NOBODY_DIES",
                    rank.toString(),
                    Signals.describeExit(exitCode)
                            + ", and nobody had killed it\n"
                            + rank.child.complaint());
        }
        rank.child.close();
        if (replace && rank == cluster.working(rank.number)) {
            open(rank.number);
        } else if (rank == cluster.spare(rank.number)) {
            cluster.dropSpare(rank.number);
        }
    }

    /** Whoever has not ended by now never will. */
    void hung(Rank rank) {
        end(rank, How.HUNG);
        rank.killedFromOutside = true;
        rank.child.kill();
    }
}

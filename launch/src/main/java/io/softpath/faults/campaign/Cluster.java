package io.softpath.faults.campaign;

import io.softpath.fault.Faults;
import io.softpath.launch.ExitCode;
import io.softpath.launch.JvmFlags;
import io.softpath.launch.RankMain;
import io.softpath.launch.Trouble;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The processes: a daemon, and for each rank the one that works and one that has loaded its code
 * and waits to take over. Whoever calls it must live as long as they.
 */
final class Cluster implements AutoCloseable {
    private static final String DAEMON = "io.softpath.daemon.Main";
    private static final String WORKLOAD = "io.softpath.apps.exchange.Exchange";

    /** So many ranks keep to the chip, whatever else would lead to a peer. */
    private static final int CHIP_ONLY = 2;

    private final Settings settings;
    private final Places places;
    private final Points points;
    private final Points daemonPoints;
    private final BlockingQueue<News> news = new LinkedBlockingQueue<>();
    private final UUID job;
    private final SplittableRandom random;
    private final Rank[] working;
    private final Rank[] spares;
    private final Map<Child, Rank> byChild = new HashMap<>();
    private final Set<Long> pids = new HashSet<>();
    private int processes;
    private int daemons;
    private Child daemon;
    private boolean daemonReady;
    private boolean closed;

    /** The next daemon that is started has the faults of the plan. */
    private boolean planned;

    private String daemonPoint = "";

    Cluster(Settings settings, Places places) {
        this.settings = settings;
        this.places = places;
        points = Points.ofUsers(settings.pointPercent());
        daemonPoints = Points.ofDaemons(settings.daemonPointPercent());
        random = Schedule.random(settings.seed(), settings.firstRound(), 1);
        job = new UUID(random.nextLong(), random.nextLong());
        working = new Rank[settings.ranks()];
        spares = new Rank[settings.ranks()];
    }

    BlockingQueue<News> news() {
        return news;
    }

    private void checkOpen() {
        if (closed) {
            throw new Trouble(ExitCode.FAILED, "the campaign was interrupted");
        }
    }

    // The daemon.

    synchronized void startDaemon() {
        checkOpen();
        List<String> command = JvmFlags.daemon(DAEMON);
        command.addAll(
                1,
                List.of(
                        "-Djava.io.tmpdir=" + places.temporary(),
                        "-XX:ErrorFile=" + places.log("daemon-crash"),
                        "-Dsoftpath.plant=" + settings.daemonPlant()));
        command.addAll(
                List.of(
                        "--dir",
                        places.run().toString(),
                        "--until-eof",
                        "--units",
                        Integer.toString(settings.units())));
        if (!settings.link().isEmpty()) {
            command.addAll(List.of("--link", settings.link()));
        }
        // The first one is spared: somebody has to be there when the campaign begins.
        daemonPoint = daemons == 0 ? "" : planned ? plannedPoint() : daemonPoints.next(random);
        planned = false;
        Map<String, String> environment =
                daemonPoint.isEmpty() ? Map.of() : Map.of(Points.VARIABLE, daemonPoint);
        daemonReady = false;
        daemon =
                Child.start(
                        "daemon", command, environment, places.log("daemon-" + ++daemons), news);
        pids.add(daemon.pid());
        if (!daemonPoint.isEmpty()) {
            daemon.willDie();
        }
    }

    /** The next daemon is given what the plan says. */
    void planDaemon() {
        planned = true;
    }

    private String plannedPoint() {
        return settings.plan().forDaemon().orElse("");
    }

    /** The named point at which the daemon kills itself; empty: none. */
    String daemonPoint() {
        return daemonPoint;
    }

    Child daemon() {
        return daemon;
    }

    boolean daemonReady() {
        return daemonReady;
    }

    void daemonIsReady() {
        daemonReady = true;
    }

    // The ranks.

    /** Has each rank's next process load its code. */
    void loadSpares() {
        for (int rank = 0; rank < spares.length; rank++) {
            if (spares[rank] == null) {
                spares[rank] = start(rank);
            }
        }
    }

    /** As {@link #open}, with what the plan says about that rank. */
    Rank begin(int rank, String plant) {
        return open(rank, plant, settings.plan().forRank(rank, settings.ranks()).orElse(""));
    }

    /**
     * The rank's spare takes over; another one is started.
     *
     * @param plant the bug to put into it
     */
    Rank open(int rank, String plant) {
        return open(rank, plant, "");
    }

    private Rank open(int rank, String plant, String plan) {
        Rank next = spares[rank] == null ? start(rank) : spares[rank];
        working[rank] = next;
        next.opened = true;
        next.point = plan.isEmpty() ? next.point : plan;
        if (!next.point.isEmpty()) {
            next.child.willDie();
        }
        next.child.println(("open " + plant + " " + plan).stripTrailing());
        spares[rank] = start(rank);
        return next;
    }

    private synchronized Rank start(int rank) {
        checkOpen();
        int process = ++processes;
        String point = points.next(random);
        Map<String, String> environment = new HashMap<>();
        environment.put("SOFTPATH_DIR", places.run().toString());
        environment.put("SOFTPATH_UNIT", Integer.toString(rank % settings.units()));
        if (rank >= settings.ranks() - CHIP_ONLY) {
            environment.put("PSM_DEVICES", "self,ipath");
        }
        if (!point.isEmpty()) {
            environment.put(Points.VARIABLE, point);
        }
        List<String> command = JvmFlags.user(jvmOptions(), "", RankMain.class.getName());
        command.addAll(
                List.of(
                        WORKLOAD,
                        "--history",
                        places.history(process).toString(),
                        "--process",
                        Integer.toString(process),
                        "--seed",
                        Long.toString(settings.seed() * 31 + process),
                        "--job",
                        job.toString(),
                        "--patience",
                        Integer.toString(settings.patienceS())));
        Child child =
                Child.start(
                        "rank-" + rank,
                        command,
                        environment,
                        places.log("process-" + process),
                        news);
        Rank started = new Rank(child, rank, process, point);
        byChild.put(child, started);
        pids.add(child.pid());
        return started;
    }

    private List<String> jvmOptions() {
        List<String> options =
                new ArrayList<>(
                        List.of(
                                "-Xmx64m",
                                "-XX:TieredStopAtLevel=1",
                                "-Djava.io.tmpdir=" + places.temporary(),
                                "-XX:ErrorFile=" + places.log("crash-%p")));
        if (settings.plan().concernsRanks()) {
            options.add("-D" + Faults.PROPERTY + "=" + Faults.NO_PLAN); // it is told with open
        }
        // JVMs that find their classes ready start in half the time; the first process leaves them.
        Path archive = places.shared("classes.jsa");
        if (Files.exists(archive)) {
            options.add("-XX:SharedArchiveFile=" + archive);
        } else if (processes == 1 && JvmFlags.classPath().endsWith(".jar")) {
            options.add("-XX:ArchiveClassesAtExit=" + archive);
        }
        return options;
    }

    /** Which process of which rank that is; null if it is the daemon. */
    Rank rank(Child child) {
        return byChild.get(child);
    }

    /** The process that works for a rank now; null before the first. */
    Rank working(int rank) {
        return working[rank];
    }

    Rank spare(int rank) {
        return spares[rank];
    }

    /** It has ended before its time. */
    void dropSpare(int rank) {
        spares[rank] = null;
    }

    Rank[] working() {
        return working.clone();
    }

    /** The processes of a round are over; spares stay. */
    synchronized void forget() {
        byChild.values().removeIf(rank -> rank.ended);
        Arrays.fill(working, null);
    }

    /** Numbers of all processes that there ever were. */
    Set<Long> pids() {
        return pids;
    }

    /** From any thread; ends all that there are. */
    @Override
    public synchronized void close() {
        closed = true;
        byChild.keySet().forEach(Child::close);
        if (daemon != null) {
            daemon.close();
        }
    }
}

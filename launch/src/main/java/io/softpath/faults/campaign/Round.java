package io.softpath.faults.campaign;

import io.softpath.abi.control.ControlRecord;
import io.softpath.driver.Device;
import io.softpath.driver.DeviceOptions;
import io.softpath.error.SoftpathException;
import io.softpath.faults.check.Checker;
import io.softpath.faults.check.Event;
import io.softpath.faults.check.History;
import io.softpath.faults.check.Violation;
import io.softpath.faults.report.RoundResult;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * One round: all ranks start, faults happen, all come to rest and end, and the books are compared.
 */
final class Round {
    private static final long BETWEEN_LOOKS_NS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int MOST_OF_A_RULE = 5;
    private static final int SOON_MS = 20;

    private final int number;
    private final Settings settings;
    private final Cluster cluster;
    private final Places places;
    private final Books books;
    private final Log log;
    private final History history = new History();
    private final Recorded recorded = new Recorded();
    private final Watch watch;
    private final PriorityQueue<Due> due = new PriorityQueue<>(Comparator.comparingLong(Due::atNs));

    /** Something to do at a time. */
    private record Due(long atNs, Runnable what) {}

    /**
     * @param number it, which says how it is to go
     */
    Round(int number, Settings settings, Cluster cluster, Places places, Books books, Log log) {
        this.number = number;
        this.settings = settings;
        this.cluster = cluster;
        this.places = places;
        this.books = books;
        this.log = log;
        watch = new Watch(cluster, history, recorded, log, settings.plant(number));
    }

    RoundResult run(List<Fault> faults) {
        long began = log.nowMs();
        Map<String, Long> before = look();
        for (int rank = 0; rank < settings.ranks(); rank++) {
            watch.begin(rank, number != Campaign.WARM_UP);
        }
        boolean calm = reach("an endpoint", rank -> rank.incarnation != 0);
        if (calm) {
            strike(faults);
            calm = drain();
        }
        stop(calm);
        Map<String, Long> after = settle(before);
        Set<String> all = new LinkedHashSet<>(before.keySet());
        all.addAll(after.keySet());
        for (String what : all) {
            history.add(
                    new Event.Counted(
                            what, before.getOrDefault(what, 0L), after.getOrDefault(what, 0L)));
        }
        Map<String, Long> messages = readHistories();
        check();
        if (!log.found().isEmpty() && settings.keep() != null) {
            places.keep(settings.keep().resolve("round-" + number));
        }
        clean();
        return new RoundResult(
                number,
                began,
                log.nowMs() - began,
                log.faults(),
                log.points(),
                messages,
                watch.lostMs(),
                log.happenings(),
                log.found());
    }

    // Phases.

    private long patience() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(settings.patienceS());
    }

    /** Waits until all ranks are so far; who is not in time is told of, and asked where it is. */
    private boolean reach(String what, Predicate<Rank> state) {
        long end = patience() + TimeUnit.SECONDS.toNanos(settings.patienceS() / 2);
        boolean reached = watch.until(end, () -> Arrays.stream(cluster.working()).allMatch(state));
        if (!reached) {
            for (Rank each : cluster.working()) {
                if (!state.test(each)) {
                    log.found(
                            "NOBODY_HANGS",
                            each.toString(),
                            "has not reached " + what + " in time" + dump(each));
                }
            }
        }
        return reached;
    }

    /** What its main thread does. */
    private String dump(Rank rank) {
        int before = log.lines().size();
        rank.child.signal(Child.SIGQUIT);
        watch.until(System.nanoTime() + TimeUnit.SECONDS.toNanos(1), () -> false);
        List<String> said =
                log.lines().subList(before, log.lines().size()).stream()
                        .dropWhile(line -> !line.startsWith("\"main\""))
                        .takeWhile(line -> !line.isBlank())
                        .filter(line -> line.contains("io.softpath"))
                        .toList();
        return "; it is" + (said.isEmpty() ? " silent" : "\n" + String.join("\n", said));
    }

    private void strike(List<Fault> faults) {
        long begin = System.nanoTime();
        faults.forEach(f ->
                due.add(new Due(begin + TimeUnit.MILLISECONDS.toNanos(f.atMs()), () -> apply(f))));
        long end = begin + TimeUnit.MILLISECONDS.toNanos(settings.roundMs());
        while (!due.isEmpty()) {
            Due next = due.poll();
            watch.until(next.atNs(), () -> false);
            next.what().run();
        }
        watch.until(end, () -> false);
    }

    private void later(int ms, Runnable what) {
        due.add(new Due(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms), what));
    }

    private void apply(Fault fault) {
        switch (fault.kind()) {
            case KILL -> {
                Rank rank = cluster.working(fault.target());
                if (rank.ended || rank.killedFromOutside) {
                    later(SOON_MS, () -> apply(fault)); // its successor's turn
                } else {
                    log.fault(fault.kind(), fault.target(), 0);
                    rank.killedFromOutside = true;
                    rank.child.kill();
                }
            }
            case PAUSE -> {
                Child child =
                        fault.target() == Fault.DAEMON
                                ? cluster.daemon()
                                : cluster.working(fault.target()).child;
                log.fault(fault.kind(), fault.target(), fault.ms());
                child.signal(Child.SIGSTOP);
                later(fault.ms(), () -> child.signal(Child.SIGCONT));
            }
            case KILL_DAEMON -> {
                if (watch.mayKillDaemon()) {
                    log.fault(fault.kind(), -1, 0);
                    watch.killDaemon();
                }
            }
            case LINK_DOWN ->
                    trouble(fault, ControlRecord.ADMIN_LINK_DOWN, ControlRecord.ADMIN_LINK_UP);
            case FREEZE -> trouble(fault, ControlRecord.ADMIN_FREEZE, ControlRecord.ADMIN_THAW);
            case KILL_AT_POINT, KILL_DAEMON_AT_POINT ->
                    throw new IllegalArgumentException("who dies at a point is told at its start");
        }
    }

    private void trouble(Fault fault, int begin, int end) {
        if (turn(begin, fault.target())) {
            log.fault(fault.kind(), -1, fault.ms());
            later(fault.ms(), () -> turn(end, fault.target()));
        }
    }

    /** False if there is no daemon just now. */
    private boolean turn(int knob, int unit) {
        DeviceOptions options =
                DeviceOptions.fromEnvironment().withDirectory(places.run()).withUnit(unit);
        try (Device device = Device.open(options)) {
            device.inspect().admin(knob, unit, 0);
            return true;
        } catch (SoftpathException e) {
            return false;
        }
    }

    private boolean drain() {
        boolean ready =
                watch.until(patience(), cluster::daemonReady)
                        && reach("an endpoint", rank -> rank.incarnation != 0);
        if (!ready) {
            return false;
        }
        return reach("rest", this::isDrained);
    }

    /** Who has come since the others were told has to be told, too. */
    private boolean isDrained(Rank rank) {
        if (rank.incarnation != 0 && !rank.drained && !rank.toldToDrain) {
            rank.toldToDrain = true;
            rank.child.println("drain");
        }
        return rank.incarnation != 0 && rank.drained;
    }

    private void stop(boolean calm) {
        watch.replaceNobody();
        if (calm) {
            for (Rank each : cluster.working()) {
                each.child.println("stop");
            }
            calm = reach("its end", rank -> rank.ended);
        }
        if (!calm) {
            for (Rank each : watch.present()) {
                if (!each.ended) {
                    watch.hung(each);
                }
            }
        }
        watch.until(patience(), () -> watch.present().stream().allMatch(rank -> rank.ended));
        watch.until(patience(), cluster::daemonReady);
    }

    private Map<String, Long> settle(Map<String, Long> before) {
        long end = patience();
        Map<String, Long> after = look();
        while (!after.equals(before) && System.nanoTime() - end < 0) {
            watch.until(System.nanoTime() + BETWEEN_LOOKS_NS, () -> false);
            after = look();
        }
        return after;
    }

    /** Empty if there is no daemon for too long. */
    private Map<String, Long> look() {
        long end = patience();
        while (watch.until(end, cluster::daemonReady)) {
            try {
                return books.look();
            } catch (SoftpathException | UncheckedIOException e) {
                // It has just killed itself; the next one is on its way.
                watch.until(System.nanoTime() + BETWEEN_LOOKS_NS, () -> false);
            }
        }
        log.found("NOBODY_HANGS", "daemon", "has not come back in time");
        return Map.of();
    }

    // Judging.

    private Map<String, Long> readHistories() {
        Map<String, Long> counts = new LinkedHashMap<>();
        for (String each : List.of("sent", "acknowledged", "failed", "delivered")) {
            counts.put(each, 0L);
        }
        for (Rank each : watch.present()) {
            Path file = places.history(each.process);
            if (Files.exists(file)) {
                recorded.read(
                        file,
                        event -> {
                            history.add(event);
                            counts.merge(word(event), 1L, Long::sum);
                        });
            }
        }
        return counts;
    }

    private static String word(Event event) {
        return switch (event) {
            case Event.Sent _ -> "sent";
            case Event.Acknowledged _ -> "acknowledged";
            case Event.Failed _ -> "failed";
            case Event.Delivered _ -> "delivered";
            default -> throw new IllegalStateException("not of a rank: " + event);
        };
    }

    private void check() {
        Map<String, Integer> seen = new LinkedHashMap<>();
        for (Violation each : Checker.check(history)) {
            int count = seen.merge(each.rule(), 1, Integer::sum);
            if (count <= MOST_OF_A_RULE) {
                log.found(each.rule(), each.subject(), each.text());
            }
        }
        seen.forEach((rule, count) -> {
            if (count > MOST_OF_A_RULE) {
                log.found(rule, "", count - MOST_OF_A_RULE + " more of this kind");
            }
        });
    }

    private void clean() {
        for (Rank each : watch.present()) {
            try {
                Files.deleteIfExists(places.history(each.process));
                Files.deleteIfExists(places.log("process-" + each.process));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot clean up after a round", e);
            }
        }
        cluster.forget();
    }
}

package io.softpath.faults.campaign;

import io.softpath.faults.report.Found;
import io.softpath.faults.report.Happening;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What happens in a round, with times since the campaign began, and what was wrong with it. */
final class Log {
    private static final long NS_PER_MS = 1_000_000;
    private static final int MOST_LINES = 5000;

    private final int round;
    private final String command;
    private final long originNs;
    private final List<Happening> happenings = new ArrayList<>();
    private final List<Found> found = new ArrayList<>();
    private final Map<String, Integer> faults = new LinkedHashMap<>();
    private final Map<String, Integer> points = new LinkedHashMap<>();
    private final List<String> lines = new ArrayList<>();

    /**
     * @param command repeats the round
     * @param originNs when the campaign began
     */
    Log(int round, String command, long originNs) {
        this.round = round;
        this.command = command;
        this.originNs = originNs;
    }

    long nowMs() {
        return (System.nanoTime() - originNs) / NS_PER_MS;
    }

    void happened(int where, String what) {
        happenings.add(new Happening(nowMs(), 0, where, what));
    }

    void fault(FaultKind kind, int where, long ms) {
        faults.merge(kind.plural(), 1, Integer::sum);
        happenings.add(new Happening(nowMs(), ms, where, kind.word()));
    }

    /** A rank has killed itself where it was told to. */
    void died(Rank rank) {
        died(rank.point, rank.number, FaultKind.KILL_AT_POINT);
    }

    /** A daemon has killed itself at that point. */
    void died(String point) {
        died(point, -1, FaultKind.KILL_DAEMON_AT_POINT);
    }

    private void died(String point, int where, FaultKind kind) {
        String rules = point.replaceFirst(";seed=.*", "");
        String name = rules.contains(";") ? "one of the plan's" : rules.replaceFirst("=.*", "");
        points.merge(name, 1, Integer::sum);
        fault(kind, where, 0);
    }

    void found(String rule, String subject, String text) {
        found.add(new Found(round, rule, subject, text, command));
        happenings.add(new Happening(nowMs(), 0, -1, "violation: " + rule));
    }

    /** A line of a rank that means nothing to us, for whoever reads a violation. */
    void said(String line) {
        if (lines.size() < MOST_LINES) {
            lines.add(line);
        }
    }

    List<Happening> happenings() {
        return happenings;
    }

    List<Found> found() {
        return found;
    }

    Map<String, Integer> faults() {
        return faults;
    }

    Map<String, Integer> points() {
        return points;
    }

    List<String> lines() {
        return lines;
    }
}

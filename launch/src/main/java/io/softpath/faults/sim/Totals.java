package io.softpath.faults.sim;

import io.softpath.faults.check.Event.How;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** What many worlds came to, counted. Used by one thread; those of several are added up. */
final class Totals {
    long seeds;
    long sent;
    long bytes;
    long delivered;
    long acknowledged;
    long failed;
    long packets;
    long events;
    long steps;

    /** A number that stands for the traces of all seeds, in whatever order they ran. */
    long traces;

    private final Map<String, Long> items = new TreeMap<>();
    private final Map<How, Long> ends = new EnumMap<>(How.class);
    private final Map<String, Long> killedAt = new TreeMap<>();

    void item(String kind) {
        items.merge(kind, 1L, Long::sum);
    }

    void ended(How how) {
        ends.merge(how, 1L, Long::sum);
    }

    void killedAt(Enum<?> point) {
        killedAt.merge(point.toString(), 1L, Long::sum);
    }

    /** How often each kind of item had an effect. */
    Map<String, Long> items() {
        return items;
    }

    Map<How, Long> ends() {
        return ends;
    }

    Map<String, Long> killedAt() {
        return killedAt;
    }

    void add(Totals other) {
        seeds += other.seeds;
        sent += other.sent;
        bytes += other.bytes;
        delivered += other.delivered;
        acknowledged += other.acknowledged;
        failed += other.failed;
        packets += other.packets;
        events += other.events;
        steps += other.steps;
        traces += other.traces;
        other.items.forEach((k, n) -> items.merge(k, n, Long::sum));
        other.ends.forEach((k, n) -> ends.merge(k, n, Long::sum));
        other.killedAt.forEach((k, n) -> killedAt.merge(k, n, Long::sum));
    }
}

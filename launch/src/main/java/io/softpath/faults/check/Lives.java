package io.softpath.faults.check;

import io.softpath.faults.check.Event.Acknowledged;
import io.softpath.faults.check.Event.Counted;
import io.softpath.faults.check.Event.Delivered;
import io.softpath.faults.check.Event.Ended;
import io.softpath.faults.check.Event.Failed;
import io.softpath.faults.check.Event.How;
import io.softpath.faults.check.Event.Sent;
import io.softpath.faults.check.Event.Started;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A history, sorted by what it is about. */
final class Lives {
    /** How often an incarnation began, and how it ended. */
    static final class Life {
        int started;
        final List<How> ends = new ArrayList<>(1);

        boolean ended(How how) {
            return ends.contains(how);
        }
    }

    private final Map<MessageId, MessageLife> messages = new LinkedHashMap<>();
    private final Map<Incarnation, Life> incarnations = new LinkedHashMap<>();
    private final Set<Integer> cutShort = new HashSet<>();
    private final List<Counted> counts = new ArrayList<>();

    Lives(History history) {
        history.events().forEach(this::add);
    }

    private void add(Event event) {
        switch (event) {
            case Sent sent -> {
                MessageLife life = message(sent.message());
                life.sent = sent;
                life.timesSent++;
            }
            case Acknowledged acknowledged -> message(acknowledged.message()).timesAcknowledged++;
            case Failed failed -> message(failed.message()).failures.add(failed);
            case Delivered delivered -> message(delivered.message()).deliveries.add(delivered);
            case Started started -> incarnation(started.who()).started++;
            case Ended ended -> end(ended.who(), ended.how());
            case Counted counted -> counts.add(counted);
        }
    }

    private void end(Incarnation who, How how) {
        incarnation(who).ends.add(how);
        if (isCutShort(how)) {
            cutShort.add(who.member());
        }
    }

    private MessageLife message(MessageId id) {
        return messages.computeIfAbsent(id, MessageLife::new);
    }

    private Life incarnation(Incarnation who) {
        return incarnations.computeIfAbsent(who, _ -> new Life());
    }

    Collection<MessageLife> messages() {
        return messages.values();
    }

    Map<Incarnation, Life> incarnations() {
        return incarnations;
    }

    List<Counted> counts() {
        return counts;
    }

    /** Whether an incarnation ended in this way. */
    boolean ended(Incarnation who, How how) {
        Life life = incarnations.get(who);
        return life != null && life.ended(how);
    }

    /** Whether any incarnation of a member was killed, or has lost its daemon. */
    boolean anyCutShort(int member) {
        return cutShort.contains(member);
    }

    /** Whether an incarnation was killed, or has lost its daemon. */
    boolean cutShort(Incarnation who) {
        Life life = incarnations.get(who);
        return life != null && life.ends.stream().anyMatch(Lives::isCutShort);
    }

    private static boolean isCutShort(How how) {
        return how == How.KILLED || how == How.LOST;
    }
}

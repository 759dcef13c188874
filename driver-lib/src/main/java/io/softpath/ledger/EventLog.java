package io.softpath.ledger;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What happened in a ledger, oldest first. Events that differ only in the page become one. When
 * full, the oldest go; what went wrong is remembered in any case.
 */
public final class EventLog {
    private final int capacity;
    private final ArrayDeque<LedgerEvent> events = new ArrayDeque<>();
    private final EnumSet<Violation> violations = EnumSet.noneOf(Violation.class);
    private long added;
    private boolean copyOnWriteUnderTheChip;

    /**
     * @param capacity events to keep; 0: only which things went wrong
     */
    public EventLog(int capacity) {
        this.capacity = capacity;
    }

    /** Events are worth making. */
    boolean keeps() {
        return capacity > 0;
    }

    void add(LedgerEvent event) {
        LedgerEvent last = events.peekLast();
        LedgerEvent merged = last == null ? null : last.with(event);
        if (merged != null) {
            events.pollLast();
            events.addLast(merged);
            return;
        }
        if (events.size() == capacity) {
            events.pollFirst();
        }
        events.addLast(event);
        added++;
    }

    void wrong(Violation violation) {
        violations.add(violation);
    }

    void copiedUnderTheChip() {
        copyOnWriteUnderTheChip = true;
    }

    /** Everything that went wrong so far. */
    public Set<Violation> violations() {
        return Collections.unmodifiableSet(violations);
    }

    /**
     * A parent wrote to a pinned page after fork and got a copy, so that the chip writes to a page
     * it no longer sees: no rule is broken, data are lost all the same.
     */
    public boolean copyOnWriteUnderTheChip() {
        return copyOnWriteUnderTheChip;
    }

    public List<LedgerEvent> events() {
        return new ArrayList<>(events);
    }

    /** Events in all, those no longer kept included. */
    public long added() {
        return added;
    }
}

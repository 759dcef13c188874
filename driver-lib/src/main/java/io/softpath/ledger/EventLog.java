package io.softpath.ledger;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * What happened in a ledger, oldest first. Events that differ only in the page become one. When
 * full, the oldest go, those with nothing wrong first; which things went wrong is remembered in any
 * case.
 */
public final class EventLog {
    /** How far back a folding log looks for an event alike. */
    private static final int FOLD_WITHIN = 8;

    private final int capacity;
    private final boolean folds;
    private final LongSupplier clock;
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private final EnumSet<Violation> violations = EnumSet.noneOf(Violation.class);
    private long added;
    private boolean copyOnWriteUnderTheChip;

    /**
     * An event with its place in time.
     *
     * @param number counted from 1 over all events ever
     * @param stamp by the log's clock, when the first of the pages was at it
     */
    public record Entry(long number, long stamp, LedgerEvent event) {}

    /**
     * A log in which every run of pages stands for itself, without times.
     *
     * @param capacity events to keep; 0: only which things went wrong
     */
    public EventLog(int capacity) {
        this(capacity, false, () -> 0);
    }

    private EventLog(int capacity, boolean folds, LongSupplier clock) {
        this.capacity = capacity;
        this.folds = folds;
        this.clock = clock;
    }

    /**
     * A log for a ledger that lives long: what happens to many blocks in turn becomes one event
     * also where their pages are not next to each other.
     */
    public static EventLog folding(int capacity, LongSupplier clock) {
        return new EventLog(capacity, true, clock);
    }

    /** Events are worth making. */
    boolean keeps() {
        return capacity > 0;
    }

    void add(LedgerEvent event) {
        Entry last = entries.peekLast();
        LedgerEvent merged = last == null ? null : last.event().with(event);
        if (merged != null) {
            entries.pollLast();
            entries.addLast(new Entry(last.number(), last.stamp(), merged));
        } else if (!folds || !fold(event)) {
            append(event);
        }
    }

    private boolean fold(LedgerEvent event) {
        Iterator<Entry> back = entries.descendingIterator();
        ArrayDeque<Entry> behind = new ArrayDeque<>();
        for (int i = 0; i < FOLD_WITHIN && back.hasNext(); i++) {
            Entry entry = back.next();
            LedgerEvent folded = entry.event().foldedWith(event);
            if (folded != null) {
                for (int j = 0; j <= i; j++) {
                    behind.addFirst(entries.pollLast());
                }
                behind.pollFirst();
                entries.addLast(new Entry(entry.number(), entry.stamp(), folded));
                entries.addAll(behind);
                return true;
            }
        }
        return false;
    }

    private void append(LedgerEvent event) {
        if (entries.size() == capacity) {
            dropOne();
        }
        entries.addLast(new Entry(++added, clock.getAsLong(), event));
    }

    private void dropOne() {
        for (Iterator<Entry> oldest = entries.iterator(); oldest.hasNext(); ) {
            if (oldest.next().event().wrongs().isEmpty()) {
                oldest.remove();
                return;
            }
        }
        entries.pollFirst();
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

    /** What is kept. */
    public List<LedgerEvent> events() {
        return entries.stream().map(Entry::event).toList();
    }

    /** What is kept, with times. */
    public List<Entry> entries() {
        return new ArrayList<>(entries);
    }

    /** Events in all, those no longer kept included. */
    public long added() {
        return added;
    }
}

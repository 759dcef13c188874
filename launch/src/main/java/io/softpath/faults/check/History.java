package io.softpath.faults.check;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/** What was recorded, in any order. Used by one thread. */
public final class History {
    private final List<Event> events = new ArrayList<>();

    /** Adds one event. */
    public History add(Event event) {
        events.add(event);
        return this;
    }

    /** Adds what another process has recorded. */
    public History addAll(Collection<? extends Event> others) {
        events.addAll(others);
        return this;
    }

    /** All of them; not to be changed. */
    public List<Event> events() {
        return Collections.unmodifiableList(events);
    }
}

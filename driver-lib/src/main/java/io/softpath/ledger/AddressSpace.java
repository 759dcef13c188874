package io.softpath.ledger;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A process, as far as memory goes: the areas it has mapped. */
public final class AddressSpace {
    private final String name;
    final List<Area> areas = new ArrayList<>();

    AddressSpace(String name) {
        this.name = name;
    }

    /** What the process is called in events. */
    public String name() {
        return name;
    }

    /** What it has mapped, in the order of mapping. */
    public List<Area> areas() {
        return Collections.unmodifiableList(areas);
    }

    @Override
    public String toString() {
        return name;
    }
}

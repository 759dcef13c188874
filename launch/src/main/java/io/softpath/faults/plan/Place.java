package io.softpath.faults.plan;

import com.fasterxml.jackson.core.JsonLocation;

/** Where something is in a plan. */
record Place(String file, int line, int column) {
    static Place of(String file, JsonLocation location) {
        return new Place(file, location.getLineNr(), location.getColumnNr());
    }

    PlanException wrong(String what) {
        return new PlanException(this + ": " + what);
    }

    @Override
    public String toString() {
        return file + ":" + line + ":" + column;
    }
}

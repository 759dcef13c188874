package io.softpath.faults.fuzz;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was said, and what came of it: a row for each command, each field and each counter, with how
 * often it had which outcome.
 */
final class Coverage {
    /** The outcome of what was accepted. */
    static final String OK = "ok";

    /** A field that is written and never asked about, because nobody reads it. */
    static final String WRITTEN = "written";

    /** The group that counts what was done to each target. */
    static final String RECORDS = "hostile records";

    private final Map<String, Row> rows = new LinkedHashMap<>();

    /** What must have happened to a row before a run is a full one. */
    enum Need {
        NOTHING,
        USED,
        ACCEPTED,
        REFUSED,
        BOTH
    }

    /** One command, field or counter. */
    static final class Row {
        final String group;
        final String name;
        final Need need;
        private final Map<String, long[]> outcomes = new TreeMap<>();

        private Row(String group, String name, Need need) {
            this.group = group;
            this.name = name;
            this.need = need;
        }

        void count(String outcome) {
            add(outcome, 1);
        }

        void add(String outcome, long times) {
            outcomes.computeIfAbsent(outcome, o -> new long[1])[0] += times;
        }

        /** How often each outcome was seen. */
        Map<String, Long> outcomes() {
            Map<String, Long> copy = new TreeMap<>();
            outcomes.forEach((outcome, times) -> copy.put(outcome, times[0]));
            return copy;
        }

        long total() {
            return outcomes.values().stream().mapToLong(times -> times[0]).sum();
        }

        private boolean accepted() {
            return outcomes.containsKey(OK) || outcomes.containsKey(WRITTEN);
        }

        private boolean refused() {
            return outcomes.keySet().stream().anyMatch(o -> !o.equals(OK) && !o.equals(WRITTEN));
        }

        /** What is missing, in words; empty if nothing is. */
        String missing() {
            return switch (need) {
                case NOTHING -> "";
                case USED -> outcomes.isEmpty() ? "never used" : "";
                case ACCEPTED -> accepted() ? "" : "never accepted";
                case REFUSED -> refused() ? "" : "never refused";
                case BOTH -> !accepted() ? "never accepted" : refused() ? "" : "never refused";
            };
        }
    }

    /** The row of that name; made if it is new. */
    Row row(String group, String name, Need need) {
        return rows.computeIfAbsent(group + "/" + name, key -> new Row(group, name, need));
    }

    /** Counts what was done to a target. */
    void did(Target target, int records) {
        row(RECORDS, target.name(), Need.NOTHING).add("sent", records);
    }

    Collection<Row> rows() {
        return rows.values();
    }

    /** What a full run would have done and this one has not. */
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        for (Row row : rows.values()) {
            if (!row.missing().isEmpty()) {
                missing.add(row.group + " " + row.name + ": " + row.missing());
            }
        }
        return missing;
    }
}

package io.softpath.faults.sim;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;

import io.softpath.faults.check.Violation;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What came of simulated schedules: for people, or as JSON. */
final class SimReport {
    /** So many violations of a schedule are shown; the others follow from them, as a rule. */
    private static final int SHOWN = 5;

    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final PrintWriter out;
    private final boolean json;

    SimReport(PrintWriter out, boolean json) {
        this.out = out;
        this.json = json;
    }

    // One schedule.

    void one(Schedule schedule, List<Integer> places, List<Violation> violations, Totals totals) {
        if (json) {
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("seed", schedule.seed());
            all.put("items", schedule.items().stream().map(Item::toString).toList());
            put(all, totals);
            all.put("violations", violations);
            print(all);
            return;
        }
        out.println("seed " + schedule.seed() + ", " + schedule.setup().members() + " members");
        for (int i = 0; i < schedule.items().size(); i++) {
            out.println(
                    "  " + (places == null ? i : places.get(i)) + " " + schedule.items().get(i));
        }
        totals(totals);
        print(violations);
    }

    private void print(List<Violation> violations) {
        if (violations.isEmpty()) {
            out.println("every rule held");
        }
        for (Violation violation : violations.stream().limit(SHOWN).toList()) {
            out.println("VIOLATION " + violation);
        }
        if (violations.size() > SHOWN) {
            out.println("and " + (violations.size() - SHOWN) + " more");
        }
    }

    // Many.

    void many(long first, int jobs, Seeds seeds, double seconds, List<Failure> failures) {
        Totals totals = seeds.totals();
        if (json) {
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("seed", first);
            all.put("seeds", seeds.done());
            all.put("jobs", jobs);
            all.put("seconds", seconds);
            put(all, totals);
            all.put("failures", failures.stream().map(SimReport::asMap).toList());
            print(all);
            return;
        }
        out.println(
                String.format(
                        Locale.ROOT,
                        "seed %d: %,d schedules in %.1f s, %.0f/s with %d at a time",
                        first,
                        seeds.done(),
                        seconds,
                        seeds.done() / seconds,
                        jobs));
        totals(totals);
        out.println(
                failures.isEmpty()
                        ? "every rule held in every schedule"
                        : failures.size() + " schedules broke a rule");
        for (Failure failure : failures) {
            out.println();
            print(failure);
        }
    }

    private void print(Failure failure) {
        Schedule schedule = Schedule.of(failure.seed());
        out.println(
                "seed "
                        + failure.seed()
                        + ": "
                        + failure.keep().size()
                        + " of "
                        + failure.items()
                        + " items are needed");
        for (int place : failure.keep()) {
            out.println("  " + place + " " + schedule.items().get(place));
        }
        print(failure.violations());
        out.println("again: " + failure.command());
    }

    private void totals(Totals totals) {
        out.println(
                String.format(
                        Locale.ROOT,
                        "messages: %,d sent, %,d delivered, %,d acknowledged, %,d reported as"
                                + " failed; %,d packets, %,d steps",
                        totals.sent,
                        totals.delivered,
                        totals.acknowledged,
                        totals.failed,
                        totals.packets,
                        totals.steps));
        out.println("happened: " + list(totals.items()));
        out.println("ended: " + list(totals.ends()));
        if (!totals.killedAt().isEmpty()) {
            out.println("killed at: " + list(totals.killedAt()));
        }
        out.println("traces: " + Long.toHexString(totals.traces));
    }

    private static String list(Map<?, Long> counts) {
        return counts.entrySet().stream()
                .map(e -> e.getKey() + " " + String.format(Locale.ROOT, "%,d", e.getValue()))
                .collect(Collectors.joining(", "));
    }

    // The self-test.

    /** Whether all were found. */
    boolean selfTest(long first, List<SelfTest.Result> results) {
        boolean all = results.stream().allMatch(SelfTest.Result::found);
        if (json) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("seed", first);
            document.put("found", all);
            List<Object> bugs = new ArrayList<>();
            for (SelfTest.Result result : results) {
                Map<String, Object> bug = new LinkedHashMap<>();
                bug.put("bug", result.bug().option());
                bug.put("found", result.found());
                bug.put("seeds", result.seeds());
                bug.put("failure", result.found() ? asMap(result.failure()) : null);
                bugs.add(bug);
            }
            document.put("bugs", bugs);
            print(document);
            return all;
        }
        out.println("seed " + first);
        for (SelfTest.Result result : results) {
            print(result);
        }
        out.println(all ? "every planted bug was found" : "NOT every planted bug was found");
        return all;
    }

    private void print(SelfTest.Result result) {
        out.println();
        out.println(result.bug().option() + ": " + result.bug().sentence());
        if (result.found()) {
            out.println("found after " + result.seeds() + " schedules");
            print(result.failure());
        } else {
            out.println("NOT FOUND in " + result.seeds() + " schedules");
        }
    }

    // JSON.

    private static Map<String, Object> asMap(Failure failure) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("seed", failure.seed());
        map.put("keep", failure.keep());
        map.put("items", failure.items());
        map.put("violations", failure.violations());
        map.put("again", failure.command());
        return map;
    }

    private static void put(Map<String, Object> map, Totals totals) {
        map.put("sent", totals.sent);
        map.put("bytes", totals.bytes);
        map.put("delivered", totals.delivered);
        map.put("acknowledged", totals.acknowledged);
        map.put("failed", totals.failed);
        map.put("packets", totals.packets);
        map.put("steps", totals.steps);
        map.put("happened", totals.items());
        map.put("ended", totals.ends());
        map.put("killedAt", totals.killedAt());
        map.put("traces", Long.toHexString(totals.traces));
    }

    private void print(Map<String, Object> document) {
        try {
            out.println(MAPPER.writeValueAsString(document));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}

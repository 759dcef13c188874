package io.softpath.faults.fuzz;

import static java.util.stream.Collectors.joining;

import io.softpath.launch.Table;

import picocli.CommandLine.Help.Ansi;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a run came to: for people and for programs. */
final class FuzzReport {
    private final Fuzz fuzz;
    private final Set<Target> targets;
    private final Fuzz.Outcome outcome;
    private final List<String> missing;

    FuzzReport(Fuzz fuzz, Set<Target> targets, Fuzz.Outcome outcome) {
        this.fuzz = fuzz;
        this.targets = targets;
        this.outcome = outcome;
        missing = fuzz.missing();
    }

    /** Nobody noticed anything, and everything was tried. */
    boolean isGood() {
        return outcome.isGood() && missing.isEmpty();
    }

    Fuzz.Outcome outcome() {
        return outcome;
    }

    /** What a full run would have tried. */
    List<String> missing() {
        return missing;
    }

    Collection<Coverage.Row> rows() {
        return fuzz.coverage().rows();
    }

    /** What it came to, in a sentence. */
    String verdict() {
        if (!outcome.isGood()) {
            return "Somebody noticed: 1 violation.";
        }
        return missing.isEmpty()
                ? "Nobody noticed."
                : "Nobody noticed, and not everything was tried.";
    }

    /** Its figures, by their names. */
    Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("seed", Long.toString(fuzz.seed()));
        facts.put("targets", targets.stream().map(Target::name).collect(joining(", ")));
        facts.put("hostile records", fuzz.records() + ", " + fuzz.perMinute() + " a minute");
        facts.put("rounds", fuzz.rounds() + ", in " + fuzz.elapsedMs() / 1000 + " s");
        facts.put("honest packets, each byte right", Long.toString(fuzz.honest()));
        facts.put("hostile packets that reached the honest", Long.toString(fuzz.noise()));
        facts.put("hostile processes", Integer.toString(fuzz.lives()));
        facts.put("messages of honest processes meanwhile", Long.toString(fuzz.messages()));
        return facts;
    }

    Map<String, Object> json() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("seed", fuzz.seed());
        all.put("targets", targets.stream().map(Target::name).toList());
        all.put("good", isGood());
        all.put("records", fuzz.records());
        all.put("rounds", fuzz.rounds());
        all.put("elapsedMs", fuzz.elapsedMs());
        all.put("recordsPerMinute", fuzz.perMinute());
        all.put("honestPackets", fuzz.honest());
        all.put("hostilePacketsThatReachedTheHonest", fuzz.noise());
        all.put("hostileProcesses", fuzz.lives());
        all.put("honestMessagesBesideThem", fuzz.messages());
        all.put("violation", outcome.violation());
        all.put("repeat", outcome.repeat());
        all.put("missing", missing);
        List<Object> coverage = new ArrayList<>();
        for (Coverage.Row row : fuzz.coverage().rows()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("group", row.group);
            one.put("name", row.name);
            one.put("times", row.total());
            one.put("outcomes", row.outcomes());
            coverage.add(one);
        }
        all.put("coverage", coverage);
        return all;
    }

    void print(PrintWriter out, Ansi ansi) {
        Table table = new Table("what", "name", ">times", "outcomes");
        for (Coverage.Row row : fuzz.coverage().rows()) {
            table.row(row.group, row.name, row.total(), text(row.outcomes()));
        }
        table.print(out, ansi);
        out.println();
        out.println(
                "records="
                        + fuzz.records()
                        + " rounds="
                        + fuzz.rounds()
                        + " seconds="
                        + fuzz.elapsedMs() / 1000
                        + " a minute="
                        + fuzz.perMinute());
        out.println(
                "honest packets that arrived, each byte right="
                        + fuzz.honest()
                        + " hostile ones beside them="
                        + fuzz.noise());
        if (fuzz.lives() > 0) {
            out.println(
                    "hostile processes="
                            + fuzz.lives()
                            + " messages that honest ones exchanged meanwhile, each byte right="
                            + fuzz.messages());
        }
        if (outcome.isGood()) {
            missing.forEach(each -> out.println("not tried: " + each));
            out.println("nobody noticed: seed=" + fuzz.seed());
        } else {
            out.println("VIOLATION: " + outcome.violation());
            out.println("again: " + outcome.repeat());
        }
        out.flush();
    }

    static String text(Map<String, Long> outcomes) {
        StringBuilder text = new StringBuilder();
        outcomes.forEach((outcome, times) ->
                text.append(text.isEmpty() ? "" : ", ").append(outcome).append(' ').append(times));
        return text.toString();
    }
}

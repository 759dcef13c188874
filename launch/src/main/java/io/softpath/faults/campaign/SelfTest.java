package io.softpath.faults.campaign;

import io.softpath.faults.report.CampaignResult;
import io.softpath.faults.report.Found;

import java.io.PrintWriter;
import java.util.List;

/** Puts in known bugs, one after the other, and looks whether the campaign finds each. */
final class SelfTest {
    private static final int ROUND_MS = 1000;
    private static final int PATIENCE_S = 20;
    private static final String LEAKED_PIN = "leaked-pin";

    /**
     * A bug.
     *
     * @param name as workload or daemon know it
     * @param rule what it breaks
     */
    private record Bug(String name, String rule) {}

    private static final List<Bug> BUGS =
            List.of(
                    new Bug("lost-ack", "NOBODY_HANGS"),
                    new Bug(LEAKED_PIN, "NOTHING_LEFT"),
                    new Bug("duplicate", "DELIVERED_ONCE"),
                    new Bug("torn-header", "WHOLE"),
                    new Bug("early-ack", "ACKNOWLEDGED_IS_DELIVERED"));

    private final Settings settings;
    private final PrintWriter out;

    SelfTest(Settings settings, PrintWriter out) {
        this.settings = settings;
        this.out = out;
    }

    /** Whether all were found, and nothing where there is none. */
    boolean run() {
        boolean good = true;
        List<Found> without = find(Settings.NO_PLANT, Settings.NO_PLANT);
        out.println("without a bug: " + (without.isEmpty() ? "nothing found" : without));
        out.flush();
        good &= without.isEmpty();
        for (Bug bug : BUGS) {
            boolean inDaemon = bug.name().equals(LEAKED_PIN);
            List<Found> found =
                    find(
                            inDaemon ? Settings.NO_PLANT : bug.name(),
                            inDaemon ? bug.name() : Settings.NO_PLANT);
            List<Found> right = found.stream().filter(f -> f.rule().equals(bug.rule())).toList();
            good &= !right.isEmpty();
            out.println(
                    bug.name()
                            + ": "
                            + (right.isEmpty()
                                    ? "NOT FOUND as " + bug.rule() + ", but " + found
                                    : "found, "
                                            + right.size()
                                            + " times, first as "
                                            + line(right)));
            out.flush();
        }
        out.println(good ? "all planted bugs were found" : "THE CHECKER IS WORTH NOTHING");
        return good;
    }

    private static String line(List<Found> found) {
        Found first = found.getFirst();
        return first.rule()
                + ": "
                + first.subject()
                + ": "
                + first.text().lines().findFirst().get();
    }

    private List<Found> find(String plant, String daemonPlant) {
        CampaignResult result =
                new Campaign(
                                settings.calm(plant, daemonPlant, ROUND_MS, PATIENCE_S),
                                "./launch/softpath faults run --self-test --seed "
                                        + settings.seed(),
                                round -> {})
                        .run();
        return result.found();
    }
}

package io.softpath.faults.campaign;

import io.softpath.faults.report.Found;
import io.softpath.faults.report.RoundResult;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Puts in known bugs, one after the other, and looks whether the campaign finds each. */
final class SelfTest {
    private static final int ROUND_MS = 1000;
    private static final int PATIENCE_S = 10;

    /**
     * A bug.
     *
     * @param name as workload or daemon know it
     * @param rule what it breaks
     */
    private record Bug(String name, String rule) {}

    private static final List<Bug> OF_WORKLOAD =
            List.of(
                    new Bug("duplicate", "DELIVERED_ONCE"),
                    new Bug("torn-header", "WHOLE"),
                    new Bug("early-ack", "ACKNOWLEDGED_IS_DELIVERED"),
                    new Bug("lost-ack", "NOBODY_HANGS"));

    private static final Bug OF_DAEMON = new Bug("leaked-pin", "NOTHING_LEFT");

    private final Settings settings;
    private final PrintWriter out;

    SelfTest(Settings settings, PrintWriter out) {
        this.settings = settings;
        this.out = out;
    }

    /** Whether all were found, and nothing where there is none. */
    boolean run() {
        List<String> plants =
                Stream.concat(Stream.of(Settings.NO_PLANT), OF_WORKLOAD.stream().map(Bug::name))
                        .toList();
        List<List<Found>> found = find(plants, Settings.NO_PLANT);
        boolean good = found.getFirst().isEmpty();
        out.println("without a bug: " + (good ? "nothing found" : found.getFirst()));
        for (int i = 0; i < OF_WORKLOAD.size(); i++) {
            good &= isFound(OF_WORKLOAD.get(i), found.get(i + 1));
        }
        List<Found> ofDaemon =
                find(List.of(Settings.NO_PLANT), OF_DAEMON.name()).stream()
                        .flatMap(List::stream)
                        .toList();
        good &= isFound(OF_DAEMON, ofDaemon);
        out.println(good ? "all planted bugs were found" : "THE CHECKER IS WORTH NOTHING");
        out.flush();
        return good;
    }

    /** What each round has found; a round that was not made has found nothing. */
    private List<List<Found>> find(List<String> plants, String daemonPlant) {
        Settings calm = settings.calm(plants, daemonPlant, ROUND_MS, PATIENCE_S);
        String command = "./launch/softpath faults run --self-test --seed " + settings.seed();
        List<List<Found>> found = new ArrayList<>();
        for (int i = 0; i < plants.size(); i++) {
            found.add(new ArrayList<>());
        }
        for (RoundResult round : new Campaign(calm, command, _ -> {}).run().rounds()) {
            // What comes before the first round is of the first round.
            found.get(Math.max(0, round.round() - 1)).addAll(round.found());
        }
        return found;
    }

    private boolean isFound(Bug bug, List<Found> found) {
        List<Found> right = found.stream().filter(f -> f.rule().equals(bug.rule())).toList();
        out.println(
                bug.name()
                        + ": "
                        + (right.isEmpty()
                                ? "NOT FOUND as " + bug.rule() + ", but " + found
                                : "found, "
                                        + right.size()
                                        + " times, first as "
                                        + line(right.getFirst())));
        out.flush();
        return !right.isEmpty();
    }

    private static String line(Found found) {
        return found.rule()
                + ": "
                + found.subject()
                + ": "
                + found.text().lines().findFirst().orElse("");
    }
}

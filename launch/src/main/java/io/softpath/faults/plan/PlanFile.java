package io.softpath.faults.plan;

import static io.softpath.faults.plan.FieldReader.NONE;

import io.softpath.fault.FaultAction;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.FaultRule;
import io.softpath.fault.Times;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads plans. */
public final class PlanFile {
    private static final Target DAEMON = new Target(Target.Kind.DAEMON, -1);
    private static final long LONGEST_DELAY_NS = 1_000_000_000L;

    private PlanFile() {}

    /**
     * Reads a file.
     *
     * @throws PlanException if there is something wrong in it, with its line and column
     */
    public static Plan read(Path file) {
        try {
            return parse(file.toString(), Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the fault plan " + file, e);
        }
    }

    /**
     * Reads a text.
     *
     * @param name what messages call it
     */
    public static Plan parse(String name, String text) {
        PlanNode root = PlanNode.parse(name, text);
        FieldReader fields = FieldReader.of(root, "a plan", PlanKeys.PLAN);
        long seed = fields.number(PlanKeys.SEED, 0);
        List<Planned> faults = new ArrayList<>();
        for (PlanNode each : fields.items(PlanKeys.FAULTS)) {
            faults.add(FaultReader.read(each));
        }
        Optional<String> link = Optional.empty();
        if (fields.has(PlanKeys.LINK)) {
            FieldReader trouble =
                    FieldReader.of(fields.value(PlanKeys.LINK), "link", PlanKeys.ONE_LINK);
            link = link(trouble, seed == NONE ? 1 : seed);
            for (PlanNode each : trouble.items(PlanKeys.DOWN)) {
                faults.add(down(each));
            }
        }
        long restart = fields.time(PlanKeys.RESTART);
        return new Plan(
                seed == NONE ? 1 : seed, faults, link, restart == NONE ? Plan.NEVER : restart);
    }

    private static Optional<String> link(FieldReader trouble, long seed) {
        StringBuilder text = new StringBuilder();
        for (String key :
                List.of(PlanKeys.DROP, PlanKeys.DUPLICATE, PlanKeys.REORDER, PlanKeys.CORRUPT)) {
            if (trouble.part(key) != NONE) {
                String name = key.equals(PlanKeys.DUPLICATE) ? "dup" : key;
                text.append(name).append('=').append(trouble.word(key)).append(',');
            }
        }
        long delay = trouble.time(PlanKeys.DELAY);
        if (delay > LONGEST_DELAY_NS) {
            throw trouble.placeOf(PlanKeys.DELAY)
                    .wrong("\"delay\" is at most " + Times.text(LONGEST_DELAY_NS));
        }
        if (delay != NONE) {
            text.append("delay=").append(delay).append("ns,");
        }
        return text.isEmpty() ? Optional.empty() : Optional.of(text + "seed=" + seed);
    }

    /** The first packet after that time takes the link down behind itself. */
    private static Planned down(PlanNode node) {
        FieldReader fields = FieldReader.of(node, "one time down", PlanKeys.ONE_DOWN);
        String meaning = "how long the link is down, as 200ms";
        long ns = fields.time(PlanKeys.FOR, fields.word(PlanKeys.FOR, meaning));
        long after = fields.time(PlanKeys.AFTER);
        return new Planned.AtPoint(
                DAEMON,
                new FaultRule(
                        FaultPoint.LINK_DOWN,
                        new FaultAction.Strike(ns),
                        1,
                        1,
                        1,
                        1,
                        after == NONE ? 0 : after));
    }
}

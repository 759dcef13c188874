package io.softpath.ledger.lab;

import io.softpath.ledger.Era;
import io.softpath.ledger.EventLog;
import io.softpath.ledger.LedgerEvent;
import io.softpath.ledger.Violation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What comes of a policy in an era, over every script.
 *
 * @param setup the driver
 * @param era the kernel
 * @param outcomes if the driver clears PG_reserved before it frees, or never set it
 * @param ifReservedStays if it leaves the bit set; the same as {@code outcomes} if that makes no
 *     difference
 * @param byLuck it works only because this kernel puts nothing: no reference was taken either
 * @param forkHazard after a fork the chip writes to a page that its user no longer sees
 * @param examples one script for each thing that goes wrong, and for the hazard of a fork; the
 *     plain one first
 * @param histories scripts that were run
 */
public record Cell(
        Setup setup,
        Era era,
        Set<Outcome> outcomes,
        Set<Outcome> ifReservedStays,
        boolean byLuck,
        boolean forkHazard,
        List<Script> examples,
        int histories) {
    private static final int WHOLE_STORY = 10_000;

    /** Runs every script. */
    static Cell of(Era era, Setup setup) {
        EnumSet<Outcome> cleared = EnumSet.noneOf(Outcome.class);
        EnumSet<Outcome> left = EnumSet.noneOf(Outcome.class);
        Set<Outcome> known = new HashSet<>();
        List<Script> examples = new ArrayList<>();
        boolean hazard = false;
        List<Script> scripts = Script.of(setup.blocks());
        for (Script script : scripts) {
            EventLog log = new EventLog(0);
            Session.run(era, setup, script, log);
            Set<Outcome> here = Outcome.of(log.violations());
            (script.leavesReserved() ? left : cleared).addAll(here);
            boolean firstHazard = !hazard && log.copyOnWriteUnderTheChip();
            hazard |= firstHazard;
            here.remove(Outcome.OK);
            if (known.addAll(here) || firstHazard) {
                examples.add(script);
            }
        }
        Policy policy = setup.blocks();
        Set<Outcome> outcomes = settled(cleared);
        return new Cell(
                setup,
                era,
                outcomes,
                left.isEmpty() ? outcomes : settled(left),
                outcomes.contains(Outcome.OK)
                        && era.reservedAreasAreNotCounted()
                        && policy.hasHandler()
                        && !policy.getPage()
                        && !policy.reserved(),
                hazard,
                Collections.unmodifiableList(examples),
                scripts.size());
    }

    /** What works only now and then does not work. */
    static Set<Outcome> settled(EnumSet<Outcome> outcomes) {
        if (outcomes.size() > 1) {
            outcomes.remove(Outcome.OK);
        }
        return Collections.unmodifiableSet(outcomes);
    }

    /** It works in every script, or the kernel has no such call. */
    public boolean works() {
        return outcomes.contains(Outcome.OK);
    }

    /** The script that shows it best: the plain one, if that goes wrong or nothing does. */
    public Script example() {
        return examples.isEmpty() ? Script.PLAIN : examples.getFirst();
    }

    /** Everything that happens in one script. */
    public List<LedgerEvent> story(Script script) {
        EventLog log = new EventLog(WHOLE_STORY);
        Session.run(era, setup, script, log);
        return log.events();
    }

    /**
     * What a real kernel would have made of it in the end, in words; empty if the book says it all.
     */
    public String ending(List<LedgerEvent> story) {
        boolean oopsAtUnmap =
                story.stream()
                        .filter(event -> event.kind() == LedgerEvent.Kind.UNMAP)
                        .flatMap(event -> event.wrongs().stream())
                        .anyMatch(wrong -> wrong.violation() == Violation.UNDERFLOW);
        return oopsAtUnmap
                ? "a real kernel stops at the first underflow, in the middle of unmapping and with"
                        + " its locks held: the process never ends and the box locks up [inferred:"
                        + " which instruction it was is not published]"
                : "";
    }

    /** As in the matrix, such as "ok !bad": fine, but bad if PG_reserved stays. */
    public String label() {
        return label(outcomes, ifReservedStays, byLuck, forkHazard);
    }

    static String label(
            Set<Outcome> outcomes,
            Set<Outcome> ifReservedStays,
            boolean byLuck,
            boolean forkHazard) {
        Set<Outcome> more = new TreeSet<>(ifReservedStays);
        more.removeAll(outcomes);
        more.remove(Outcome.OK);
        return Outcome.label(outcomes)
                + (byLuck ? " luck" : "")
                + (forkHazard ? " fork!" : "")
                + (more.isEmpty() ? "" : " !" + Outcome.label(more));
    }
}

package io.softpath.ledger.lab;

import io.softpath.ledger.Era;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What comes of a row in an era: of all policies that the row stands for together.
 *
 * @param cells one for each policy
 */
public record RowCell(Row row, Era era, List<Cell> cells) {
    static RowCell of(Row row, Era era) {
        List<Cell> cells = new ArrayList<>();
        for (Policy policy : row.policies()) {
            cells.add(Cell.of(era, Setup.of(policy)));
        }
        return new RowCell(row, era, List.copyOf(cells));
    }

    /** If PG_reserved is cleared before the last free, or never set. */
    public Set<Outcome> outcomes() {
        EnumSet<Outcome> all = EnumSet.noneOf(Outcome.class);
        cells.forEach(cell -> all.addAll(cell.outcomes()));
        return Cell.settled(all);
    }

    /** If PG_reserved stays set. */
    public Set<Outcome> ifReservedStays() {
        EnumSet<Outcome> all = EnumSet.noneOf(Outcome.class);
        cells.forEach(cell -> all.addAll(cell.ifReservedStays()));
        return Cell.settled(all);
    }

    public boolean byLuck() {
        return cells.stream().anyMatch(Cell::byLuck) && outcomes().contains(Outcome.OK);
    }

    public boolean forkHazard() {
        return cells.stream().anyMatch(Cell::forkHazard);
    }

    /** It follows from the rules but is in no source. */
    public boolean inferred() {
        return row.inferred().contains(era);
    }

    /** As in the matrix, without the mark of inference. */
    public String label() {
        return Cell.label(outcomes(), ifReservedStays(), byLuck(), forkHazard());
    }

    /** The first policy that does not work, else the first. */
    public Cell example() {
        return cells.stream().filter(cell -> !cell.works()).findFirst().orElse(cells.getFirst());
    }
}

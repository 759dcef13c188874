package io.softpath.ledger.lab;

import io.softpath.ledger.Era;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The experiments: each runs a session of "hello, world" in every variation that may matter and
 * says what comes of it. Takes about a second for all of them.
 */
public final class Lab {
    private Lab() {}

    /** The truth table in these eras: row by row, in each row era by era. */
    public static List<List<RowCell>> matrix(Collection<Era> eras) {
        return Row.ALL.stream().map(row -> row(row, eras)).toList();
    }

    /** One row of it. */
    public static List<RowCell> row(Row row, Collection<Era> eras) {
        return eras.stream().map(era -> RowCell.of(row, era)).toList();
    }

    /** A driver in one era. */
    public static Cell cell(Setup setup, Era era) {
        return Cell.of(era, setup);
    }

    /** Every combination that no row of the table stands for: policy by policy, era by era. */
    public static List<List<Cell>> further(Collection<Era> eras) {
        List<List<Cell>> further = new ArrayList<>();
        for (Policy policy : Policy.all()) {
            if (Row.ALL.stream().noneMatch(row -> row.covers().test(policy))) {
                further.add(eras.stream().map(era -> Cell.of(era, Setup.of(policy))).toList());
            }
        }
        return further;
    }
}

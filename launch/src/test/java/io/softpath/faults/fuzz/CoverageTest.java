package io.softpath.faults.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.softpath.faults.fuzz.Coverage.Need;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

class CoverageTest {
    private final Coverage coverage = new Coverage();

    @Test
    void shouldSayWhatWasNeverTried() {
        Coverage.Row both = coverage.row("request", "MMAP", Need.BOTH);
        Coverage.Row used = coverage.row("field", "token", Need.USED);
        coverage.row("counter", "TxPkt", Need.NOTHING);
        assertEquals(
                List.of("request MMAP: never accepted", "field token: never used"),
                coverage.missing());
        both.count(Coverage.OK);
        used.count("EINVAL");
        assertEquals(List.of("request MMAP: never refused"), coverage.missing());
        both.count("EPERM");
        assertEquals(List.of(), coverage.missing());
    }

    @Test
    void shouldCountEachOutcome() {
        Coverage.Row row = coverage.row("request", "POLL", Need.ACCEPTED);
        row.count(Coverage.OK);
        row.add(Coverage.OK, 4);
        row.count("EINVAL");
        assertEquals(Map.of(Coverage.OK, 5L, "EINVAL", 1L), row.outcomes());
        assertEquals(6, row.total());
        assertEquals(row, coverage.row("request", "POLL", Need.ACCEPTED), "the same row");
    }
}

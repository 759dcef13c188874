package io.softpath.bench.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.bench.process.InTurns.Turn;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

class InTurnsTest {
    private int prepared;
    private int ones;
    private int others;

    @Test
    void shouldPrepareEachTurnAndReportEachThing() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        List<Turn> turns =
                List.of(
                        new Turn("one", () -> prepared++, () -> ones++),
                        new Turn("other", () -> others++));

        new InTurns(turns, 1_000_000).measure(new PrintStream(bytes, true, StandardCharsets.UTF_8));

        Findings found = Findings.parse(bytes.toString(StandardCharsets.UTF_8).lines().toList());
        assertTrue(prepared > 5, "turns=" + prepared);
        assertTrue(found.histogram("one").getTotalCount() > 0);
        assertTrue(found.histogram("other").getTotalCount() > 0);
        assertTrue(ones > found.histogram("one").getTotalCount(), "the warm-up is not recorded");
        assertEquals(0, others % 16);
    }
}

package io.softpath.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.stream.LongStream;

class ResultTest {
    @Test
    void shouldTakeTheMedianOfTheRoundsSoThatOneDisturbedRoundDoesNotDecide() {
        Result result = Result.ofHistograms("a", "ns", List.of(upTo(100), upTo(1000), upTo(110)));

        assertEquals(55, result.median());
        assertEquals(99, result.p90());
        assertEquals(1210, result.count());
        assertEquals(List.of(50.0, 500.0, 55.0), result.rounds());
    }

    @Test
    void shouldSayThatTheSpreadIsTooWideWhenRoundsDisagree() {
        Result result = Result.ofValues("a", "ns", 30, List.of(100.0, 200.0, 120.0));

        assertEquals(100.0 / 120, result.spread(), 1e-9);
        assertTrue(result.noisy());
        assertEquals(
                "spread too wide to quote: the rounds' medians lie between 100 and 200",
                result.note());
    }

    @Test
    void shouldSayNothingWhenRoundsAgree() {
        Result result = Result.ofValues("a", "ns", 30, List.of(100.0, 101.0, 102.0));

        assertFalse(result.noisy());
        assertNull(result.note());
        assertNull(result.ratio());
        assertNull(result.ratioTo());
    }

    @Test
    void shouldDivideBatchesIntoOperations() {
        Result result = Result.ofBatches("a", "bytes/packet", List.of(upTo(100)), 20);

        assertEquals(2.5, result.median());
        assertEquals(4.5, result.p90());
        assertEquals(2000, result.count());
    }

    @Test
    void shouldDivideMediansWhenCompared() {
        Result base = Result.ofValues("base", "ns", 1, List.of(100.0));
        Result compared = Result.ofValues("a", "ns", 1, List.of(250.0)).comparedTo(base);

        assertEquals(2.5, compared.ratio());
        assertEquals("base", compared.ratioTo());
    }

    @Test
    void shouldRefuseToCompareDifferentUnits() {
        Result base = Result.ofValues("base", "ns", 1, List.of(100.0));
        Result other = Result.ofValues("a", "bytes", 1, List.of(100.0));

        var refused = assertThrows(IllegalArgumentException.class, () -> other.comparedTo(base));
        assertEquals("cannot compare units: a=bytes base=ns", refused.getMessage());
    }

    @Test
    void shouldRefuseToCompareWithNothing() {
        Result zero = Result.ofValues("base", "ns", 1, List.of(0.0));

        assertThrows(IllegalArgumentException.class, () -> zero.comparedTo(zero));
    }

    @Test
    void shouldRefuseARoundWithoutSamples() {
        assertThrows(
                IllegalArgumentException.class,
                () -> Result.ofHistograms("a", "ns", List.of(new Histogram(3))));
        assertThrows(
                IllegalArgumentException.class, () -> Result.ofHistograms("a", "ns", List.of()));
        assertThrows(
                IllegalArgumentException.class, () -> Result.ofValues("a", "ns", 0, List.of()));
    }

    @Test
    void shouldKeepBothNotes() {
        Result result = Result.ofValues("a", "ns", 1, List.of(1.0)).noted("first").noted("second");

        assertEquals("first; second", result.note());
    }

    private static Histogram upTo(long largest) {
        Histogram histogram = new Histogram(3);
        LongStream.rangeClosed(1, largest).forEach(histogram::recordValue);
        return histogram;
    }
}

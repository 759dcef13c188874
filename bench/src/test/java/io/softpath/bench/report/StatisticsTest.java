package io.softpath.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class StatisticsTest {
    @Test
    void shouldFindTheMiddleOfUnsortedValues() {
        assertEquals(2, Statistics.median(new double[] {3, 1, 2}));
        assertEquals(2.5, Statistics.median(new double[] {4, 1, 2, 3}));
        assertThrows(IllegalArgumentException.class, () -> Statistics.median(new double[0]));
    }

    @Test
    void shouldTakeTheNearestRankAsPercentile() {
        double[] sorted = {10, 20, 30, 40, 50, 60, 70, 80, 90, 100};

        assertEquals(10, Statistics.percentile(sorted, 0));
        assertEquals(50, Statistics.percentile(sorted, 50));
        assertEquals(90, Statistics.percentile(sorted, 90));
        assertEquals(100, Statistics.percentile(sorted, 99.9));
        assertThrows(IllegalArgumentException.class, () -> Statistics.percentile(sorted, 101));
        assertThrows(
                IllegalArgumentException.class, () -> Statistics.percentile(sorted, Double.NaN));
    }

    @Test
    void shouldKeepTheSpreadFinite() {
        assertEquals(0, Statistics.spread(new double[] {7}));
        assertEquals(0, Statistics.spread(new double[] {0, 0}));
        assertEquals(0.5, Statistics.spread(new double[] {80, 100, 130}));
        assertEquals(1, Statistics.spread(new double[] {0, 0, 5}));
    }

    @Test
    void shouldRoundToWhatAReaderCanUse() {
        assertEquals("0", Statistics.round(0));
        assertEquals("143", Statistics.round(143.0));
        assertEquals("0.3333", Statistics.round(1 / 3.0));
        assertEquals("2.5", Statistics.round(2.50001));
        assertEquals("123457", Statistics.round(123456.78));
        assertEquals("Infinity", Statistics.round(Double.POSITIVE_INFINITY));
    }
}

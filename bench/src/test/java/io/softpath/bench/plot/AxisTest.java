package io.softpath.bench.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.List;

class AxisTest {
    private static final Quantity TIME = Quantity.of("ns");

    @Test
    void shouldBeginAtZeroWhenValuesAreNearEachOther() {
        Axis axis = Axis.of("time", TIME, 180, 260);

        assertEquals(List.of("0", "100 ns", "200 ns", "300 ns"), labels(axis));
        assertEquals(0.5, axis.place(150), 1e-9);
    }

    @Test
    void shouldUseLogarithmsWhenValuesSpanMoreThanADecade() {
        Axis axis = Axis.of("time", TIME, 100, 10_000);

        assertEquals(
                List.of("100 ns", "200 ns", "500 ns", "1 us", "2 us", "5 us", "10 us"),
                labels(axis));
        assertEquals(0.5, axis.place(1000), 1e-9);
        assertEquals(
                List.of("1 ns", "10 ns", "100 ns", "1 us", "10 us", "100 us", "1 ms", "10 ms"),
                labels(Axis.of("time", TIME, 1, 1e7)));
    }

    @Test
    void shouldHoldAllValuesBetweenItsEnds() {
        for (double most : new double[] {0, 1e-7, 3, 9.99, 10, 1001, 7.3e11}) {
            for (double least : new double[] {most, most / 3, most / 2000, 0}) {
                Axis axis = Axis.of("time", TIME, least, most);
                double low = axis.place(least);
                double high = axis.place(most);
                assertTrue(low >= 0 && high <= 1 && low <= high, least + " " + most);
                assertTrue(axis.ticks().size() > 1, least + " " + most);
                assertTrue(low < high || least == most, least + " " + most);
            }
        }
    }

    @Test
    void shouldPlaceValuesBelowZero() {
        Axis axis = Axis.of("cost", Quantity.of("bytes"), -5, 20);

        assertEquals(0, axis.place(-5), 1e-9);
        assertEquals(1, axis.place(20), 1e-9);
        assertTrue(labels(axis).contains("0"), () -> labels(axis).toString());
    }

    @Test
    void shouldMarkEachSizeAndPlaceNothingBelowTheLeast() {
        Axis axis = Axis.at("size", Quantity.ofSizes(), 1 << 20, 0, 8, 64, 4096, 8);

        assertEquals(List.of("0", "8", "64", "4K", "1M"), labels(axis));
        assertEquals(0, axis.place(0), 1e-9);
        assertEquals(axis.place(64) - axis.place(8), axis.place(8), 1e-9);
        assertThrows(
                IllegalArgumentException.class, () -> Axis.at("size", Quantity.ofSizes(), 0, 0));
    }

    @Test
    void shouldPlaceASingleCount() {
        Axis axis = Axis.at("contexts", Quantity.of(""), 16);

        assertEquals(List.of("16"), labels(axis));
        assertEquals(0, axis.place(16), 1e-9);
    }

    @Test
    void shouldGiveEachNineOfAPercentileAsMuchRoom() {
        Axis axis = Axis.ofPercentiles(1e5);

        assertEquals(List.of("0", "50", "90", "99", "99.9", "99.99", "99.999"), labels(axis));
        assertEquals(0.2, axis.place(10), 1e-9);
        assertEquals(0.6, axis.place(1000), 1e-9);
        assertEquals("99.9919", axis.label(12_345));
    }

    @Test
    void shouldHaveOneOnTheAxisOfRatios() {
        Axis less = Axis.ofRatios(0.3, 0.7);
        Axis more = Axis.ofRatios(3, 250);

        assertEquals(1, less.place(1), 1e-9);
        assertEquals(0, more.place(1), 1e-9);
        assertTrue(more.place(250) <= 1 && more.place(250) > 0.9);
    }

    private static List<String> labels(Axis axis) {
        return axis.ticks().stream()
                .map(Axis.Tick::label)
                .filter(label -> !label.isEmpty())
                .toList();
    }
}

package io.softpath.bench.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class QuantityTest {
    @Test
    void shouldWriteTimesInTheirUnits() {
        Quantity time = Quantity.of("ns");

        assertEquals("0", time.label(0));
        assertEquals("0.25 ns", time.label(0.25));
        assertEquals("999 ns", time.label(999));
        assertEquals("1.5 us", time.label(1500));
        assertEquals("20 ms", time.label(2e7));
        assertEquals("60 s", time.label(6e10));
    }

    @Test
    void shouldWriteBandwidthsInTheirUnits() {
        Quantity bandwidth = Quantity.of("GB/s");

        assertEquals("12.5 GB/s", bandwidth.label(12.5));
        assertEquals("20 MB/s", bandwidth.label(0.02));
        assertEquals("3 kB/s", bandwidth.label(3e-6));
        assertEquals("7 B/s", bandwidth.label(7e-9));
    }

    @Test
    void shouldWriteSizesInPowersOf1024() {
        Quantity size = Quantity.ofSizes();

        assertEquals("64", size.label(64));
        assertEquals("4K", size.label(4096));
        assertEquals("16M", size.label(16 << 20));
    }

    @Test
    void shouldWriteOtherNumbersWithThousands() {
        Quantity rate = Quantity.of("messages/s");

        assertEquals("0.5", rate.label(0.5));
        assertEquals("1 k", rate.label(1e-9 * 1e12));
        assertEquals("2.5 M", rate.label(2.5e6));
        assertEquals("-3 k", rate.label(-3000));
    }
}

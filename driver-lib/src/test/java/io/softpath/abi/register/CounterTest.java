package io.softpath.abi.register;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.Set;

class CounterTest {
    @Test
    void shouldGiveEachCounterAPlaceAndANameOfItsOwn() {
        int contexts = 17;
        Set<String> names = new HashSet<>();
        for (int i = 0; i < ChipCounter.arrayLength(contexts); i++) {
            assertTrue(names.add(ChipCounter.nameAt(i)), ChipCounter.nameAt(i));
            ChipCounter counter = ChipCounter.at(i);
            assertEquals(i, counter.index(Math.max(0, ChipCounter.contextAt(i))));
            assertEquals(counter.perContext(), ChipCounter.contextAt(i) >= 0);
            assertFalse(counter.purpose().isEmpty());
        }
        for (ChipCounter counter : ChipCounter.values()) {
            assertTrue(counter.index(contexts - 1) < ChipCounter.arrayLength(contexts));
        }
    }

    @Test
    void shouldUseTheNamesOfIpathstats() {
        assertEquals("TxPkt", ChipCounter.nameAt(ChipCounter.TX_PKT.index()));
        assertEquals("RxTIDFull", ChipCounter.RX_TID_FULL.label());
        assertEquals("Ctxt3EgrOvfl", ChipCounter.nameAt(ChipCounter.EGR_OVFL.index(3)));
        assertEquals("Ctxt0HdrqFull", ChipCounter.nameAt(ChipCounter.HDRQ_FULL.index(0)));
        assertEquals("TXBadHeader", ChipCounter.TX_BAD_HEADER.label());
        assertEquals("H/W_Errs", DriverCounter.HW_ERRS.label());
        assertTrue(ChipCounter.RX_INVAL_PKEY.error());
        assertFalse(ChipCounter.RX_PKT.error());
    }

    @Test
    void shouldKeepQibsDriverCountersFirstAndNoNameTwice() {
        assertEquals(0, DriverCounter.KERN_INTR.index());
        assertEquals(9, DriverCounter.EGR_HDR_FULL.index());
        Set<String> names = new HashSet<>();
        for (DriverCounter counter : DriverCounter.values()) {
            assertTrue(names.add(counter.label()), counter.label());
        }
    }
}

package io.softpath.daemon.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.model.ChipModel;
import io.softpath.daemon.chip.ChipIdentity;
import io.softpath.daemon.chip.Wire;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A unit that a plan breaks is whole again when its time is over. */
class BreakageTest {
    private long nowNs;
    private final UnitDriver unit =
            new UnitDriver(
                    ChipModel.IBA7220,
                    new ChipIdentity(0, 1, 0x0011_7500_0000_0000L),
                    packet -> Wire.Outcome.SENT,
                    () -> 1,
                    DriverOptions.DEFAULT,
                    () -> nowNs,
                    () -> 0);

    @AfterEach
    void close() {
        unit.close();
    }

    @Test
    void shouldFreezeWhenTheDutyCycleIsOverAndThawWhenItsTimeIs() {
        unit.broken(FaultPoint.CHIP_PARITY, 100);
        assertFalse(unit.chip().frozen());
        assertTrue(unit.undelivered());
        unit.deliver();
        assertTrue(unit.chip().frozen());
        assertEquals(100, unit.nextDeadlineNs());
        nowNs = 99;
        unit.checkDeadlines(nowNs);
        assertTrue(unit.chip().frozen());
        nowNs = 100;
        unit.checkDeadlines(nowNs);
        assertFalse(unit.chip().frozen());
        assertEquals(Long.MAX_VALUE, unit.nextDeadlineNs());
    }

    @Test
    void shouldStayFrozenIfNoTimeIsSaid() {
        unit.broken(FaultPoint.CHIP_PARITY, Faults.FOREVER);
        unit.deliver();
        nowNs = 1L << 60;
        unit.checkDeadlines(nowNs);
        assertTrue(unit.chip().frozen());
        assertEquals(Long.MAX_VALUE, unit.nextDeadlineNs());
    }

    @Test
    void shouldTakeTheLinkDownAndUpAgain() {
        unit.linkUp();
        unit.broken(FaultPoint.LINK_DOWN, 50);
        unit.deliver();
        assertFalse(unit.chip().linkIsUp());
        nowNs = 50;
        unit.checkDeadlines(nowNs);
        assertTrue(unit.chip().linkIsUp());
    }
}

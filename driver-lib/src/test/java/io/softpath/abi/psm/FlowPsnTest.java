package io.softpath.abi.psm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class FlowPsnTest {
    @Test
    void shouldCarryPacketAndMessageNumbers() {
        int message = 0xABCD;
        int psn = FlowPsn.of(0x1234, message);
        int ack = FlowPsn.of(7, message >>> 8);
        assertEquals(0xCD1234, psn);
        assertEquals(0xAB0007, ack);
        assertEquals(0x1234, FlowPsn.packet(psn));
        assertEquals(message, FlowPsn.message(psn, ack));
    }

    @Test
    void shouldCountAroundTheEnd() {
        assertEquals(2, FlowPsn.distance(1, 0xFFFF));
        assertEquals(-2, FlowPsn.distance(0xFFFF, 1));
        assertEquals(0, FlowPsn.distance(0x10005, 5));
    }
}

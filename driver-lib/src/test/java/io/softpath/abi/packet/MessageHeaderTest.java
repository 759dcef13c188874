package io.softpath.abi.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.softpath.abi.Dirty;
import io.softpath.abi.register.StructField;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;

class MessageHeaderTest {
    private static final String GOLDEN =
            """
            0102030405060708 11121314 21222324 31323334 41424344 5152 6162
            71 72 8182 91929394 a1 a2 b1b2 c1c2c3c4c5c6c7c8 d1d2d3d4d5d6d7d8
            """;

    @Test
    void shouldReadEachFieldInItsByteOrder() {
        MemorySegment s = Dirty.ofHex(Dirty.dirt(8) + GOLDEN);
        assertEquals(0x0102030405060708L, MessageHeader.lrh(s, 8));
        assertEquals(0x11121314, MessageHeader.bth0(s, 8));
        assertEquals(0x21222324, MessageHeader.bth1(s, 8));
        assertEquals(0x31323334, MessageHeader.bth2(s, 8));
        assertEquals(0x44434241, MessageHeader.vcto(s, 8));
        assertEquals(0x5251, MessageHeader.chksum(s, 8));
        assertEquals(0x6261, MessageHeader.pktFlags(s, 8));
        assertEquals(0x71, MessageHeader.subOpcode(s, 8));
        assertEquals(0x72, MessageHeader.flags(s, 8));
        assertEquals(0x8281, MessageHeader.commidx(s, 8));
        assertEquals(0x94939291, MessageHeader.ack(s, 8));
        assertEquals(0xa1, MessageHeader.flowId(s, 8));
        assertEquals(0xa2, MessageHeader.hdrDlen(s, 8));
        assertEquals(0xb2b1, MessageHeader.mqHdr(s, 8));
        assertEquals(0xc8c7c6c5c4c3c2c1L, MessageHeader.data0(s, 8));
        assertEquals(0xd8d7d6d5d4d3d2d1L, MessageHeader.data1(s, 8));
    }

    @Test
    void shouldWriteEachFieldInItsByteOrderAndNothingElse() {
        MemorySegment s = Dirty.segment(72);
        MessageHeader.putLrh(s, 8, 0x0102030405060708L);
        MessageHeader.putBth0(s, 8, 0x11121314);
        MessageHeader.putBth1(s, 8, 0x21222324);
        MessageHeader.putBth2(s, 8, 0x31323334);
        MessageHeader.putVcto(s, 8, 0x44434241);
        MessageHeader.putChksum(s, 8, 0x5251);
        MessageHeader.putPktFlags(s, 8, 0x6261);
        MessageHeader.putSubOpcode(s, 8, 0x71);
        MessageHeader.putFlags(s, 8, 0x72);
        MessageHeader.putCommidx(s, 8, 0x8281);
        MessageHeader.putAck(s, 8, 0x94939291);
        MessageHeader.putFlowId(s, 8, 0xa1);
        MessageHeader.putHdrDlen(s, 8, 0xa2);
        MessageHeader.putMqHdr(s, 8, 0xb2b1);
        MessageHeader.putData0(s, 8, 0xc8c7c6c5c4c3c2c1L);
        MessageHeader.putData1(s, 8, 0xd8d7d6d5d4d3d2d1L);
        assertEquals(Dirty.dirt(8) + Dirty.strip(GOLDEN) + Dirty.dirt(8), Dirty.hex(s));
    }

    @Test
    void shouldHaveNoGap() {
        assertEquals(56, MessageHeader.BYTES);
        assertEquals(56, MessageHeader.LAYOUT.stream().mapToInt(StructField::bytes).sum());
    }

    @Test
    void shouldReadAHeaderAtAnyAlignment() {
        MemorySegment s = MemorySegment.ofArray(new byte[60]);
        MessageHeader.putLrh(s, 3, -2L);
        assertEquals(-2L, MessageHeader.lrh(s, 3));
    }
}

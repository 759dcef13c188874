package io.softpath.abi.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.softpath.abi.Dirty;
import io.softpath.abi.Fidelity;
import io.softpath.abi.model.ChipModel;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;

/**
 * A tiny message "ABCD" with tag 0x1122334455667788, from LID 1 context 3 to LID 2 context 5: its
 * bytes in a PIO buffer and in rcvhdrq entries, worked out by hand.
 */
class TestVectorTest {
    private static final String HEADER =
            """
            00020002000f0001
            c000ffff 00656b78 00000000
            00e0ff25 12fa 0000
            05 00 0900
            00000003 00 04 0100
            8877665544332211
            4142434400000000
            """;

    @Test
    @Fidelity(79)
    void shouldFillAPioBuffer() {
        MemorySegment buffer = Dirty.segment(72);
        Pbc.put(buffer, 0, Pbc.ofPayload(0));
        putHeader(buffer, 8, ChipModel.Family.QLE73XX, 5);
        assertEquals("0f00000000000000" + Dirty.strip(HEADER) + Dirty.dirt(8), Dirty.hex(buffer));
    }

    @Test
    void shouldNameContext17ByTheQp() {
        MemorySegment header = Dirty.segment(56);
        putHeader(header, 0, ChipModel.Family.QLE73XX, 17);
        assertEquals(0x21FF_E000, MessageHeader.vcto(header, 0));
        assertEquals(0x656B79, Bth.qp(MessageHeader.bth1(header, 0)));
        assertEquals(0xFE12, MessageHeader.chksum(header, 0));
    }

    @Test
    @Fidelity(79)
    void shouldFillAnEntryWithTheRhfBehindTheHeader() {
        ChipModel model = ChipModel.IBA7220;
        MemorySegment entry = Dirty.segment(model.rcvHdrEntBytes());
        putHeader(entry, model.headerOffsetDwords() * 4L, model.family(), 5);
        long rhf = Rhf.of(15, Rhf.TYPE_EAGER, 0, false, 1, model.headerOffsetDwords(), 0);
        Rhf.put(entry, model.rhfOffsetDwords() * 4L, rhf);
        assertEquals(
                Dirty.dirt(64) + Dirty.strip(HEADER) + "0f080000" + "01010000", Dirty.hex(entry));
    }

    @Test
    @Fidelity(79)
    void shouldFillAnEntryWithTheRhfBeforeTheHeader() {
        ChipModel model = ChipModel.IBA6120;
        MemorySegment entry = Dirty.segment(model.rcvHdrEntBytes());
        putHeader(entry, model.headerOffsetDwords() * 4L, model.family(), 5);
        long rhf = Rhf.of(15, Rhf.TYPE_EAGER, 7, false, 1, model.headerOffsetDwords(), 0);
        Rhf.put(entry, model.rhfOffsetDwords() * 4L, rhf);
        assertEquals(
                "0f080700" + "21000000" + Dirty.strip(HEADER) + Dirty.dirt(64), Dirty.hex(entry));
    }

    private static void putHeader(
            MemorySegment s, long base, ChipModel.Family family, int context) {
        int length = Pbc.lengthDwordsOfPayload(0);
        int vcto =
                IpathHeader.vcto(
                        IpathHeader.VERSION,
                        IpathHeader.contextField(family, context),
                        IpathHeader.TID_EAGER,
                        0);
        MessageHeader.putLrh(s, base, Lrh.of(0, 0, 2, length, 1));
        MessageHeader.putBth0(s, base, Bth.bth0(Bth.OPCODE_PSM, 0, Bth.DEFAULT_PKEY));
        MessageHeader.putBth1(
                s, base, Bth.bth1(IpathHeader.qp(family, ChipModel.QP_BASE, context)));
        MessageHeader.putBth2(s, base, Bth.bth2(0));
        MessageHeader.putVcto(s, base, vcto);
        MessageHeader.putChksum(s, base, IpathHeader.checksum(length, vcto, 0));
        MessageHeader.putPktFlags(s, base, 0);
        MessageHeader.putSubOpcode(s, base, 5);
        MessageHeader.putFlags(s, base, 0);
        MessageHeader.putCommidx(s, base, 9);
        MessageHeader.putAck(s, base, 0x0300_0000);
        MessageHeader.putFlowId(s, base, 0);
        MessageHeader.putHdrDlen(s, base, 4);
        MessageHeader.putMqHdr(s, base, 1);
        MessageHeader.putData0(s, base, 0x1122_3344_5566_7788L);
        MessageHeader.putData1(s, base, 0x4443_4241L);
    }
}

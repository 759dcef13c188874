package io.softpath.abi.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Dirty;
import io.softpath.abi.register.TidFlow;
import io.softpath.abi.register.UserRegisters;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** What expected packets add: PSN, TID session list, gather record, TID flow register. */
class ExpectedTest {
    @Test
    void shouldCountThePsnWithinItsGeneration() {
        int psn = ExpectedPsn.of(31, 255, 2047);
        assertEquals(0xFF_FFFF, psn);
        assertEquals(ExpectedPsn.of(31, 255, 0), ExpectedPsn.plus(psn, 1));
        assertEquals(ExpectedPsn.of(5, 7, 12), ExpectedPsn.plus(ExpectedPsn.of(5, 7, 10), 2));
        assertEquals(1, ExpectedPsn.nextGeneration(255));
        assertEquals(1, ExpectedPsn.nextGeneration(0));
    }

    @Test
    void shouldLayOutTheSessionListAsPsm() {
        MemorySegment s = Dirty.segment(TidSessionList.bytes(2));
        TidSessionList.write(s, 0, 2, 3, 1, 0x0000_0002_0000_0001L, 9, 131072, 4100);
        TidSessionList.putEntry(s, 0, 0, 511, 4, 4092);
        TidSessionList.putEntry(s, 0, 1, 0, 0, 8);
        assertEquals(
                "0100"
                        + "0200"
                        + "3400"
                        + "0300"
                        + "0100"
                        + "0000"
                        + "00000000"
                        + "0100000002000000"
                        + "09000000"
                        + "00000200"
                        + "04100000"
                        + "ff010400fc0f"
                        + "000000000800",
                Dirty.hex(s).substring(0, 96));
        assertEquals(52, TidSessionList.listBytes(s, 0));
        assertEquals(511, TidSessionList.tid(s, 0, 0));
        assertEquals(4, TidSessionList.offset(s, 0, 0));
        assertEquals(8, TidSessionList.entryLength(s, 0, 1));
        assertEquals(334, TidSessionList.maxTids(2048));
    }

    @Test
    void shouldLayOutTheGatherRecord() {
        MemorySegment s = Dirty.segment(GatherRecord.bytes(3));
        GatherRecord.write(s, 0, 7, 0x1_0000_0000L, 8192, 64, 3, 16, 0x24);
        for (int i = 0; i < 3; i++) {
            GatherRecord.putTid(s, 0, i, 510 + i);
        }
        assertEquals(
                "07000000"
                        + "00200000"
                        + "0000000001000000"
                        + "40000000"
                        + "0300"
                        + "1000"
                        + "2400000000000000"
                        + "fe01ff010002",
                Dirty.hex(s).substring(0, 76));
        assertEquals(7, GatherRecord.handle(s, 0));
        assertEquals(0x1_0000_0000L, GatherRecord.sourceOffset(s, 0));
        assertEquals(8192, GatherRecord.length(s, 0));
        assertEquals(64, GatherRecord.pageOffset(s, 0));
        assertEquals(3, GatherRecord.tidCount(s, 0));
        assertEquals(16, GatherRecord.interval(s, 0));
        assertEquals(0x24, GatherRecord.flags(s, 0));
        assertEquals(512, GatherRecord.tid(s, 0, 2));
        assertTrue(GatherRecord.OFFSET + GatherRecord.MAX_BYTES <= 2176);
    }

    @Test
    void shouldRewriteAHeaderAsTheNextPacketOfItsFlow() {
        MemorySegment s = MemorySegment.ofArray(new long[7]);
        MessageHeader.putLrh(s, 0, Lrh.of(0, 0, 2, 100, 1));
        MessageHeader.putBth2(s, 0, ExpectedPsn.of(3, 9, 2047));
        MessageHeader.putSubOpcode(s, 0, 0x44);
        MessageHeader.putCommidx(s, 0, 0x1234);
        MessageHeader.putData1(s, 0, -1);
        HeaderCopy copy = new HeaderCopy();
        copy.load(s, 0);
        int vcto = IpathHeader.vcto(2, 5, 17, 512);
        copy.rewrite(527, ExpectedPsn.of(3, 9, 0), vcto, IpathHeader.HDRSUPP);
        copy.addFlags(0x24);
        assertEquals(527, Lrh.lengthDwords(copy.lrh()));
        assertEquals(2, Lrh.dlid(copy.lrh()));
        assertEquals(ExpectedPsn.of(3, 9, 0), Bth.psn(copy.bth2()));
        assertEquals(vcto, copy.vcto());
        assertTrue(IpathHeader.checksumMatches(2, 527, vcto, copy.chksum(), copy.pktFlags()));
        copy.store(s, 0);
        assertEquals(0x44, MessageHeader.subOpcode(s, 0));
        assertEquals(0x24, MessageHeader.flags(s, 0));
        assertEquals(0x1234, MessageHeader.commidx(s, 0));
        assertEquals(-1, MessageHeader.data1(s, 0));
    }

    @Test
    void shouldTellTheChipsWordFromAUsersStore() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment page = arena.allocate(2L * UserRegisters.PAGE_BYTES, 8);
            TidFlow.put(page, 31, TidFlow.entry(200, 2047));
            int stored = TidFlow.get(page, 31);
            assertEquals(0x181E_47FF, stored);
            assertEquals(200, TidFlow.generation(stored));
            assertEquals(0, TidFlow.asRead(stored) & TidFlow.MISMATCHES);
            int adopted = TidFlow.advanced(stored, 1) & ~TidFlow.MISMATCHES | TidFlow.CHIP;
            assertTrue(TidFlow.compareAndSet(page, 31, stored, adopted));
            assertEquals(0, TidFlow.sequence(TidFlow.get(page, 31)));
            assertEquals(200, TidFlow.generation(TidFlow.get(page, 31)));
            assertEquals(0, TidFlow.asRead(adopted) & TidFlow.CHIP);
            assertTrue(!TidFlow.compareAndSet(page, 31, stored, 0));
        }
    }
}

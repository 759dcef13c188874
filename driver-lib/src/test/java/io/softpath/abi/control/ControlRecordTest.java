package io.softpath.abi.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Dirty;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

class ControlRecordTest {
    private final MemorySegment s = Dirty.segment(128);

    @Test
    void shouldLayOutEachRequest() {
        assertRequest(ControlRecord.doorbell(s, 0x0A0B0C0D), "06000000 0d0c0b0a");
        assertRequest(
                ControlRecord.mmap(
                        s,
                        1,
                        0x10_0500_0000L,
                        4096,
                        ControlRecord.PROT_READ,
                        ControlRecord.MAP_SHARED),
                "02000000 01000000 0000000510000000 0010000000000000 01000000 01000000");
        assertRequest(ControlRecord.poll(s, 2, 0x41), "03000000 02000000 41000000");
        assertRequest(ControlRecord.features(s, 3, 3), "04000000 03000000 03000000");
        assertRequest(
                ControlRecord.inspect(s, 4, ControlRecord.INSPECT_VMAS, 1, 7),
                "05000000 04000000 03000000 01000000 07000000");
        assertRequest(
                ControlRecord.munmap(s, 5, 0x23_0000, 4096),
                "07000000 05000000 0000230000000000 0010000000000000");
        assertRequest(
                ControlRecord.admin(s, 6, ControlRecord.ADMIN_AVAIL_THRESHOLD, 1, 8),
                "08000000 06000000 07000000 01000000 0800000000000000");
        assertRequest(
                ControlRecord.driverFile(s, 7, "/ipathfs"),
                "0c000000 07000000 00000000 08000000 2f69706174686673");
    }

    @Test
    void shouldCarryACommandInAWriteRequest() {
        CommandRecord.start(s, ControlRecord.WRITE_COMMAND, Command.SET_PART_KEY);
        CommandRecord.putU16(s, ControlRecord.WRITE_COMMAND, 0x8001);
        assertRequest(
                ControlRecord.write(s, 9),
                "01000000 09000000 28000000 00000000 15000000 00000000 0180" + "00".repeat(30));
        assertEquals(21, CommandRecord.type(s, ControlRecord.WRITE_COMMAND));
        assertEquals(0x8001, CommandRecord.u16(s, ControlRecord.WRITE_COMMAND));
        assertEquals(56, ControlRecord.WRITE_DATA);
    }

    @Test
    void shouldPutPayloadsOfEachSizeBehindTheCode() {
        CommandRecord.start(s, 0, Command.RECV_CTRL);
        CommandRecord.putU32(s, 0, -2);
        assertEquals("1200000000000000feffffff", Dirty.hex(s).substring(0, 24));
        assertEquals(-2, CommandRecord.u32(s, 0));
        CommandRecord.putU64(s, 0, 0x1122334455667788L);
        assertEquals("12000000000000008877665544332211", Dirty.hex(s).substring(0, 32));
        assertEquals(0x1122334455667788L, CommandRecord.u64(s, 0));
    }

    @Test
    void shouldLayOutReplies() {
        int length = ControlRecord.reply(s, ControlRecord.WRITE, 9, 36, 0);
        assertRequest(length, "01000080 09000000 24000000 00000000");
        assertEquals(36, ControlRecord.result(s));
        assertRequest(ControlRecord.interrupt(s, 0x41), "01000040 00000000 41000000 00000000");
    }

    @Test
    void shouldSendASentenceWithAFailure() {
        int length = ControlRecord.failure(s, ControlRecord.MMAP, 7, 22, "no region");
        assertRequest(length, "02000080 07000000 eaffffff 09000000 6e6f20726567696f6e");
        assertEquals(-22, ControlRecord.result(s));
        assertEquals("no region", ControlRecord.sentence(s, length));
        assertEquals("no re", ControlRecord.sentence(s, length - 4));
        length = ControlRecord.failure(s, ControlRecord.MMAP, 7, 22, "x".repeat(1000));
        assertEquals(128, length);
        assertEquals(112, ControlRecord.sentence(s, length).length());
    }

    @Test
    void shouldNotBelieveAPayloadLengthBeyondTheRecord() {
        ControlRecord.reply(s, ControlRecord.MMAP, 7, -22, 1_000_000);
        assertEquals(112, ControlRecord.sentence(s, 128).length());
        ControlRecord.reply(s, ControlRecord.MMAP, 7, -22, -5);
        assertEquals("", ControlRecord.sentence(s, 128));
    }

    @Test
    void shouldKnowEachCommandAndNoOther() {
        List<Integer> known = new ArrayList<>();
        for (int code = -100; code < 200; code++) {
            Command command = Command.of(code);
            if (command != null) {
                assertEquals(code, command.code());
                known.add(code);
            }
        }
        assertEquals(
                List.of(16, 17, 18, 19, 20, 21, 22, 23, 24, 27, 28, 29, 31, 32, 34, 35), known);
        assertNull(Command.of(25));
        assertNull(Command.of(Integer.MIN_VALUE));
        assertFalse(Command.OLD_USER_INIT.accepted());
        assertFalse(Command.SLAVE_INFO.accepted());
        assertTrue(Command.USER_INIT.accepted());
        assertSame(Command.ACK_EVENT, Command.of(35));
    }

    @Test
    void shouldKnowThePayloadOfEachCommand() {
        assertEquals(36, Command.USER_INIT.consumedBytes());
        assertEquals(36, Command.TID_UPDATE.consumedBytes());
        assertEquals(12, Command.CTXT_INFO.consumedBytes());
        assertEquals(8, Command.RECV_CTRL.consumedBytes());
        assertEquals(6, Command.SET_PART_KEY.consumedBytes());
        assertEquals(6, Command.POLL_TYPE.consumedBytes());
        assertEquals(4, Command.PIOAVAILUPD.consumedBytes());
        assertEquals(4, Command.DISARM_BUFS.consumedBytes());
        assertEquals(12, Command.ACK_EVENT.consumedBytes());
        for (Command command : Command.values()) {
            assertTrue(CommandRecord.PAYLOAD + command.payloadBytes() <= CommandRecord.BYTES);
        }
    }

    @Test
    void shouldKeepVersionsApart() {
        assertEquals(0x0001_000D, AbiVersion.USER);
        assertEquals(0x8001_000D, AbiVersion.DRIVER);
        assertEquals(1, AbiVersion.major(AbiVersion.DRIVER));
        assertEquals(13, AbiVersion.minor(AbiVersion.DRIVER));
        assertEquals("1.13", AbiVersion.text(AbiVersion.DRIVER));
        assertEquals(2, AbiVersion.major(0x0002_0000));
    }

    @Test
    void shouldNameFlagsStatusAndEvents() {
        assertEquals(List.of("PCIE", "NODMA_RTAIL", "SPECIAL_TRIGGER"), RuntimeFlags.names(0x182));
        assertEquals(
                List.of("INLINE_TRIGGER", "DOORBELL", "0x80000000"),
                RuntimeFlags.names(0x8300_0000));
        assertEquals(
                List.of("Initted", "Present", "IB_link_up", "IB_configured"),
                UnitStatus.words(0xE1));
        assertEquals(List.of("Fatal_Hardware_Error", "0x400"), UnitStatus.words(0x600));
        assertEquals(List.of("DISARM_BUFS", "LINKDOWN", "0x20"), UserEvent.names(0x23));
    }

    private void assertRequest(int length, String golden) {
        String expected = Dirty.strip(golden);
        assertEquals(expected.length() / 2, length);
        assertEquals(expected, Dirty.hex(s.asSlice(0, length)));
    }
}

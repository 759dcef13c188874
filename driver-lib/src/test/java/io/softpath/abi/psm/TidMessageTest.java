package io.softpath.abi.psm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.softpath.abi.packet.ExpectedPsn;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.TidSessionList;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;

/** Bytes by hand from psm's struct ips_message_header and struct ips_tid_session_list. */
final class TidMessageTest {
    private static final HexFormat HEX = HexFormat.of().withDelimiter(" ");

    @Test
    void shouldHaveTheFirstOfTwoNumbersInTheUpperHalf() {
        byte[] bytes = new byte[16];
        MemorySegment header = MemorySegment.ofArray(bytes);
        MemorySegment whole = MemorySegment.ofArray(new byte[MessageHeader.BYTES]);
        MessageHeader.putData0(whole, 0, MqClass.pair(0x0102_0304, 100_000));
        MessageHeader.putData1(whole, 0, MqClass.pair(ExpectedPsn.of(3, 1, 0x155), 0));
        MemorySegment.copy(whole, MessageHeader.DATA0, header, 0, 16);

        assertEquals("a0 86 01 00 04 03 02 01 00 00 00 00 55 09 18 00", HEX.formatHex(bytes));
        assertEquals(0x0102_0304, MqClass.first(MessageHeader.data0(whole, 0)));
        assertEquals(100_000, MqClass.second(MessageHeader.data0(whole, 0)));
        assertEquals(0x18_0955, MqClass.first(MessageHeader.data1(whole, 0)));
    }

    /** The bytes before are PSM's u32w0, which lies at byte 52; those behind at byte 48. */
    @Test
    void shouldHaveTheBytesBeforeTheDataInTheUpperHalf() {
        int before = TidMessage.withByte(TidMessage.withByte(0, 0, 0xA1), 1, 0xA2);
        int behind = 0;
        for (int i = 0; i < 3; i++) {
            behind = TidMessage.withByte(behind, i, 0xB1 + i);
        }
        byte[] header = new byte[MessageHeader.BYTES];
        MessageHeader.putData1(MemorySegment.ofArray(header), 0, MqClass.pair(before, behind));

        assertEquals("b1 b2 b3 00 a1 a2 00 00", HEX.formatHex(Arrays.copyOfRange(header, 48, 56)));
        assertEquals((byte) 0xA2, TidMessage.byteAt(before, 1));
        assertEquals((byte) 0xB3, TidMessage.byteAt(behind, 2));
    }

    @Test
    void shouldWriteTheGrantOfAMessageWithOddEnds() {
        byte[] list = new byte[TidSessionList.bytes(2)];
        Arrays.fill(list, (byte) 0xA5);
        MemorySegment s = MemorySegment.ofArray(list);
        TidSessionList.write(s, 0, 2, 3, 1, MqClass.pair(5, 9), 2, 0x2_0000, 0x1004);
        TidSessionList.putEntry(s, 0, 0, 0x21, 0x0F04, 0x00FC);
        TidSessionList.putEntry(s, 0, 1, 0x22, 0, 0x0F04);

        byte[] expected =
                HEX.parseHex(
                        "01 00 02 00 34 00 03 00 01 00 00 00 00 00 00 00"
                                + " 09 00 00 00 05 00 00 00 02 00 00 00 00 00 02 00"
                                + " 04 10 00 00 21 00 04 0f fc 00 22 00 00 00 04 0f");
        assertArrayEquals(expected, Arrays.copyOf(list, 48));
        assertEquals(52, TidSessionList.listBytes(s, 0));
    }

    @Test
    void shouldHaveTheNumbersOfTheSubOpcodes() {
        assertArrayEquals(
                new int[] {0x06, 0x07, 0x24, 0x40, 0x41, 0x42, 0x43},
                new int[] {
                    SubOpcode.MQ_EXPTID,
                    SubOpcode.MQ_EXPTID_UNALIGNED,
                    SubOpcode.ERR_CHK_GEN,
                    SubOpcode.TIDS_RELEASE,
                    SubOpcode.TIDS_RELEASE_CONFIRM,
                    SubOpcode.TIDS_GRANT,
                    SubOpcode.TIDS_GRANT_ACK
                });
        assertEquals(SubOpcode.MQ_EXPTID, MessageHeader.EXPECTED_DATA);
        assertEquals(8, MessageHeader.FLOWID_TID_FLOW);
    }
}

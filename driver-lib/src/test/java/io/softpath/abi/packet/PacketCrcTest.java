package io.softpath.abi.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

final class PacketCrcTest {
    private final PacketCrc crc = new PacketCrc(2048);

    /** As ips_crc_calculate: bit by bit, from all ones, without the last complement. */
    private static int byHand(byte[] bytes) {
        int value = -1;
        for (byte b : bytes) {
            value ^= b & 0xFF;
            for (int i = 0; i < 8; i++) {
                value = value >>> 1 ^ ((value & 1) != 0 ? 0xEDB88320 : 0);
            }
        }
        return value;
    }

    @Test
    void shouldBePsmsCrc() {
        byte[] all = new byte[MessageHeader.BYTES + 9];
        byte[] text = "123456789".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, all, MessageHeader.BYTES, text.length);
        MemorySegment packet = MemorySegment.ofArray(all);
        assertEquals(byHand(all), crc.of(packet, 0, packet, MessageHeader.BYTES, text.length));
        assertEquals(~0xCBF43926, byHand(text), "the check value of CRC-32, complemented");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 61, 2037})
    void shouldFindEveryBitThatFlips(int bytes) {
        int pad = -bytes & 3;
        MemorySegment header = MemorySegment.ofArray(new byte[MessageHeader.BYTES]);
        MemorySegment payload = MemorySegment.ofArray(new byte[bytes + pad + PacketCrc.BYTES]);
        MessageHeader.putBth0(header, 0, Bth.bth0(Bth.OPCODE_PSM, pad, Bth.DEFAULT_PKEY));
        PacketCrc.put(payload, bytes + pad, crc.of(header, 0, payload, 0, bytes + pad));
        int length = bytes + PacketCrc.BYTES;
        assertEquals(bytes, crc.check(header, 0, payload, 0, length));
        for (MemorySegment part : new MemorySegment[] {header, payload}) {
            for (long bit = 0; bit < 8 * part.byteSize(); bit++) {
                flip(part, bit);
                assertEquals(-1, crc.check(header, 0, payload, 0, length), "bit " + bit);
                flip(part, bit);
            }
        }
        assertEquals(-1, crc.check(header, 0, payload, 0, 7), "no room for a checksum");
        assertEquals(-1, crc.check(header, 0, payload, 0, length + 4), "longer than it is");
    }

    private static void flip(MemorySegment part, long bit) {
        byte b = part.get(ValueLayout.JAVA_BYTE, bit / 8);
        part.set(ValueLayout.JAVA_BYTE, bit / 8, (byte) (b ^ 1 << bit % 8));
    }
}

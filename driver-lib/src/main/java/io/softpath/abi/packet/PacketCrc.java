package io.softpath.abi.packet;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.zip.CRC32;

/**
 * PSM's checksum of a packet, made by software on both sides, for corruption that no chip sees:
 * CRC-32 without the last complement, of the message header as it is sent and of the payload with
 * its padding. It follows them, twice, and belongs to the length in the LRH. Source: psm,
 * ips_crc32.c; ips_proto_help.h, ips_do_cksum; ips_recvhdrq.c, do_pkt_cksum.
 *
 * <pre>
 * +-------------+-------------+--------------+---------+---------+
 * | header, 56  |   payload   | 0 to 3 bytes |   CRC   |   CRC   |
 * +-------------+-------------+--------------+---------+---------+
 * </pre>
 *
 * Keeps a buffer: one thread at a time.
 */
public final class PacketCrc {
    /** What it takes from the payload of a packet. Source: ips_proto_params.h. */
    public static final int BYTES = 8;

    private static final ValueLayout.OfInt LE32 =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final CRC32 crc = new CRC32();
    private final byte[] packet;

    /**
     * @param mostBytes of payload, without padding and checksum
     */
    public PacketCrc(int mostBytes) {
        packet = new byte[MessageHeader.BYTES + mostBytes + 3];
    }

    /**
     * The checksum of a packet.
     *
     * @param bytes of payload, with padding
     * @throws IndexOutOfBoundsException if that is more than this was made for
     */
    public int of(MemorySegment header, long at, MemorySegment payload, long offset, int bytes) {
        MemorySegment.copy(header, JAVA_BYTE, at, packet, 0, MessageHeader.BYTES);
        MemorySegment.copy(payload, JAVA_BYTE, offset, packet, MessageHeader.BYTES, bytes);
        crc.reset();
        crc.update(packet, 0, MessageHeader.BYTES + bytes);
        return ~(int) crc.getValue();
    }

    /** Writes it, twice, behind a payload with its padding. */
    public static void put(MemorySegment payload, long end, int value) {
        payload.set(LE32, end, value);
        payload.set(LE32, end + Integer.BYTES, value);
    }

    /**
     * Bytes of the payload of a packet that has come, if its checksum is right.
     *
     * @param length bytes of payload and checksum, without padding: what the RHF tells
     * @return negative if it is not what was sent
     */
    public int check(
            MemorySegment header, long at, MemorySegment payload, long offset, int length) {
        int bytes = length - BYTES;
        int padded = bytes + Bth.padBytes(MessageHeader.bth0(header, at));
        if (bytes < 0
                || padded > packet.length - MessageHeader.BYTES
                || padded + BYTES > payload.byteSize() - offset) {
            return -1;
        }
        int first = payload.get(LE32, offset + padded);
        int second = payload.get(LE32, offset + padded + Integer.BYTES);
        boolean right = first == second && first == of(header, at, payload, offset, padded);
        return right ? bytes : -1;
    }
}

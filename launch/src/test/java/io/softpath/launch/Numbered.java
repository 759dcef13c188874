package io.softpath.launch;

import io.softpath.driver.Context;
import io.softpath.driver.Destination;
import io.softpath.driver.PacketHandler;
import io.softpath.driver.ReceivedPacket;
import io.softpath.driver.SendResult;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;

/** Packets that carry a number, and a payload that follows from it. */
final class Numbered {
    private static final int SUB_OPCODE = 0x2A;
    private static final int MAX_BYTES = 600;
    private static final MemorySegment PATTERN = pattern();

    private Numbered() {}

    private static MemorySegment pattern() {
        byte[] bytes = new byte[2 * MAX_BYTES];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31 + i / 256);
        }
        return MemorySegment.ofArray(bytes);
    }

    /** At least 1, so that each of them needs an eager buffer. */
    private static int length(long number) {
        return 1 + (int) (number * 61 % MAX_BYTES);
    }

    private static int start(long number) {
        return (int) (number * 37 % MAX_BYTES);
    }

    static SendResult send(Context from, Destination to, long number) {
        return from.send(to, SUB_OPCODE, number, ~number, PATTERN, start(number), length(number));
    }

    /**
     * Takes packets that count up from 0 without a gap, and refuses all others. For one sender and
     * one thread.
     */
    static final class Series implements PacketHandler {
        private volatile long next;

        /** How many have come. */
        long count() {
            return next;
        }

        @Override
        public void onPacket(ReceivedPacket packet) {
            long number = packet.data0();
            if (number != next) {
                throw new AssertionError(
                        "packet out of series: number="
                                + number
                                + " expected="
                                + next
                                + " from="
                                + packet.source());
            }
            check(packet);
            next = number + 1;
        }

        @Override
        public void onError(ReceivedPacket packet) {
            throw new AssertionError(
                    "packet with errors=0x"
                            + Long.toHexString(packet.errors())
                            + " after number="
                            + next);
        }
    }

    /** Checks all but the number. */
    static void check(ReceivedPacket packet) {
        long number = packet.data0();
        int length = length(number);
        boolean same =
                packet.subOpcode() == SUB_OPCODE
                        && packet.data1() == ~number
                        && packet.payloadLength() == length
                        && MemorySegment.mismatch(
                                        packet.payloadSegment(),
                                        packet.payloadOffset(),
                                        packet.payloadOffset() + length,
                                        PATTERN,
                                        start(number),
                                        start(number) + (long) length)
                                == -1;
        if (!same) {
            throw new AssertionError(
                    "packet changed: number="
                            + number
                            + " data1="
                            + packet.data1()
                            + " length="
                            + packet.payloadLength()
                            + " payload="
                            + HexFormat.of().formatHex(packet.payload()));
        }
    }
}

package io.softpath.driver.expected;

import io.softpath.abi.packet.ExpectedPsn;

/**
 * Where a sender shall go on after an error, as one qword that fits in a header. softpath's own;
 * what PSM puts in a NAK is its upper half.
 *
 * <pre>
 *  63     56 55      51 50        43 42      32 31                     0
 * +---------+----------+------------+----------+------------------------+
 * |    0    |   flow   | generation | sequence | bytes that are there   |
 * +---------+----------+------------+----------+------------------------+
 * </pre>
 */
final class ResumePoint {
    private ResumePoint() {}

    static long of(int flow, int generation, int sequence, int received) {
        return (long) ExpectedPsn.of(flow, generation, sequence) << 32 | received;
    }

    static int psn(long point) {
        return (int) (point >>> 32) & 0xFF_FFFF;
    }

    /** Unsigned; any value may come from a peer. */
    static int received(long point) {
        return (int) point;
    }
}

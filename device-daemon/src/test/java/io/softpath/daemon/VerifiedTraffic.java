package io.softpath.daemon;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.control.Command;
import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.Lrh;
import io.softpath.abi.packet.Pbc;
import io.softpath.abi.packet.Rhf;
import io.softpath.daemon.chip.FakeUser;

/**
 * Two well-behaved users who send each other numbered packets and look at every byte of what comes.
 * Whatever a third one sends them is told apart by the sender that the chip vouches for, and
 * counted as noise.
 */
final class VerifiedTraffic {
    private static final long MARK = 0x5EED_0000_0000_0000L;

    /** What {@link Command#PIOAVAILUPD} returns: the type word. */
    private static final int AVAIL_UPDATED = 4;

    private final Direction there;
    private final Direction back;
    private long noise;

    VerifiedTraffic(MappedUser a, MappedUser b) {
        there = new Direction(a, b);
        back = new Direction(b, a);
    }

    private final class Direction {
        private final MappedUser from;
        private final MappedUser to;
        private long sent;
        private long sentDwords;
        private long received;

        Direction(MappedUser from, MappedUser to) {
            this.from = from;
            this.to = to;
        }

        void send(int payloadBytes) {
            byte[] payload = FakeUser.bytes(payloadBytes, (int) sent);
            FakeUser user = from.user;
            if (!user.send(to.user.lid, to.user.context, MARK | sent, payload)) {
                int result = from.client.command(Command.PIOAVAILUPD).result();
                assertEquals(AVAIL_UPDATED, result, "PIOAVAILUPD");
                return;
            }
            sent++;
            sentDwords += Pbc.lengthDwordsOfPayload(payloadBytes);
        }

        void receive() {
            boolean any = false;
            for (FakeUser.Entry e = to.user.receive(); e != null; e = to.user.receive()) {
                any = true;
                if (isFromPeer(e)) {
                    verify(e);
                } else {
                    noise++;
                }
            }
            if (any) {
                to.user.updateHeads();
            }
        }

        private boolean isFromPeer(FakeUser.Entry e) {
            return Bth.opcode(e.header().bth0()) == Bth.OPCODE_PSM
                    && Lrh.slid(e.header().lrh()) == from.user.lid
                    && e.header().sourceContext() == from.user.context;
        }

        private void verify(FakeUser.Entry e) {
            assertTrue(e.good(), () -> "errors of a good packet: " + Rhf.errorNames(e.rhf()));
            assertEquals(MARK | received, e.data0(), "number of the packet that arrived");
            byte[] payload = FakeUser.bytes((int) e.data1(), (int) received);
            assertArrayEquals(payload, e.payload(), "payload of packet " + received);
            received++;
        }
    }

    /** One packet each way, if a buffer is free. */
    void send(int payloadBytes) {
        there.send(payloadBytes);
        back.send(payloadBytes);
    }

    /** Takes and checks all that has arrived. */
    void receive() {
        there.receive();
        back.receive();
    }

    /**
     * Checks that nothing is missing and nobody was bothered; whatever was launched must have been
     * sent by now.
     */
    void finish() {
        receive();
        assertEquals(there.sent, there.received, "packets of the first user that arrived");
        assertEquals(back.sent, back.received, "packets of the second user that arrived");
        assertEquals(0, there.from.eventWord(), "events of the first user");
        assertEquals(0, back.from.eventWord(), "events of the second user");
    }

    long sent() {
        return there.sent + back.sent;
    }

    long sentDwords() {
        return there.sentDwords + back.sentDwords;
    }

    /** Packets of others. */
    long noise() {
        return noise;
    }
}

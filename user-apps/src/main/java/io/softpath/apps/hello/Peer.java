package io.softpath.apps.hello;

import io.softpath.driver.Context;
import io.softpath.driver.Destination;
import io.softpath.driver.ReceivedPacket;
import io.softpath.driver.SendResult;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * The conversation with one other rank. The chip drops what finds no room at the receiver, so
 * nobody sends more than {@value #WINDOW} packets ahead of the other's thanks.
 */
final class Peer {
    static final int GREETING = 1;
    static final int THANKS = 2;

    /** So small that the packets of all ranks together fit every header queue. */
    private static final int WINDOW = 4;

    private final int rank;
    private final Destination to;
    private final List<byte[]> greeting;
    private final List<byte[]> expected;
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private long sent;
    private long thankedFor; // by the other
    private long received;
    private long thanked; // by this rank

    Peer(int self, int rank, Destination to, int maxPayloadBytes) {
        this.rank = rank;
        this.to = to;
        this.greeting = Greeting.packets(self, rank, maxPayloadBytes);
        this.expected = Greeting.packets(rank, self, maxPayloadBytes);
    }

    /** Sends what may be sent now; false if there was nothing, or no room for it. */
    boolean send(Context context) {
        boolean progress = false;
        if (received > thanked) {
            if (context.send(to, THANKS, rank, received) == SendResult.SENT) {
                thanked = received;
                progress = true;
            }
        }
        while (sent < greeting.size() && sent - thankedFor < WINDOW) {
            byte[] packet = greeting.get((int) sent);
            MemorySegment payload = MemorySegment.ofArray(packet);
            if (context.send(to, GREETING, sent, 0, payload, 0, packet.length) != SendResult.SENT) {
                return progress; // no buffer is free: the chip needs a moment
            }
            sent++;
            progress = true;
        }
        return progress;
    }

    /** Takes a packet from this peer. */
    void receive(ReceivedPacket packet) {
        if (packet.subOpcode() == THANKS) {
            thankedFor = packet.data1();
            return;
        }
        long number = packet.data0();
        if (number != received || number >= expected.size()) {
            throw new IllegalStateException(
                    "rank " + rank + " sent packet " + number + " instead of " + received);
        }
        byte[] payload = packet.payload();
        heard.writeBytes(payload);
        int difference = Arrays.mismatch(payload, expected.get((int) number));
        if (difference >= 0) {
            throw new IllegalStateException(
                    "packet " + number + " of rank " + rank + " differs at byte " + difference);
        }
        received++;
    }

    boolean done() {
        return thankedFor == greeting.size() && thanked == expected.size();
    }

    long sent() {
        return sent;
    }

    long received() {
        return received;
    }

    byte[] heard() {
        return heard.toByteArray();
    }

    @Override
    public String toString() {
        return String.format(
                "rank %d: sent %d of %d, %d confirmed; received %d of %d",
                rank, sent, greeting.size(), thankedFor, received, expected.size());
    }
}

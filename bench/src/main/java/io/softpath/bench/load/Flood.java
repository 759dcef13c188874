package io.softpath.bench.load;

import io.softpath.bench.process.Waiting;
import io.softpath.driver.Context;
import io.softpath.driver.Destination;
import io.softpath.driver.PacketHandler;
import io.softpath.driver.ReceivedPacket;

/**
 * A context that sends itself as many packets as it can: numbers, which come in their order. It is
 * also what another context's thread does while it waits.
 */
final class Flood implements PacketHandler, Waiting {
    /** Fewer than a header queue has room for: none is lost. */
    private static final int UNDER_WAY = 32;

    private static final int LOOKS = 8;
    private static final int PAUSES_PER_CLOCK = 1024;
    private static final long DEADLINE_NS = 10_000_000_000L;

    private final Context context;
    private final Destination self;
    private long sent;
    private long received;
    private int pauses;
    private long beginNs;

    Flood(Context context) {
        this.context = context;
        this.self = context.destination(context.address());
    }

    @Override
    public void onPacket(ReceivedPacket packet) {
        if (packet.data0() != ++received) {
            throw new IllegalStateException(
                    "packet=" + packet.data0() + " came instead of number=" + received);
        }
    }

    @Override
    public void onError(ReceivedPacket packet) {
        throw new IllegalStateException(
                "packet with errors: rhf=0x" + Long.toHexString(packet.rhf()));
    }

    /** Packets that have come. */
    long received() {
        return received;
    }

    /** Sends until there is no room, and takes what has come. */
    void fill() {
        while (send()) {
            // There may be room for another.
        }
        take();
    }

    /** Takes all that is under way. */
    void drain() {
        while (received < sent) {
            if (take() == 0) {
                checkDeadline();
            } else {
                reset();
            }
        }
        reset();
    }

    /** Sends one if there is room and takes what has come: who waits is not kept for long. */
    @Override
    public void pause() {
        send();
        take();
        checkDeadline();
    }

    @Override
    public void reset() {
        pauses = 0;
    }

    private boolean send() {
        if (sent - received >= UNDER_WAY || !context.send(self, 0, sent + 1, 0).isSent()) {
            return false;
        }
        sent++;
        return true;
    }

    private int take() {
        return context.receive(this, LOOKS);
    }

    private void checkDeadline() {
        if (pauses++ % PAUSES_PER_CLOCK == 0) {
            long now = System.nanoTime();
            beginNs = pauses == 1 ? now : beginNs;
            if (now - beginNs > DEADLINE_NS) {
                throw new IllegalStateException("no packet came: waitedNs=" + (now - beginNs));
            }
        }
    }
}

package io.softpath.psm;

import io.softpath.abi.packet.Rhf;
import io.softpath.driver.Context;
import io.softpath.driver.PacketHandler;
import io.softpath.driver.ReceivedPacket;
import io.softpath.psm.engine.MessageEngine;

import java.time.Duration;

/** Moves messages: takes what has arrived to the engine, and lets that send. */
final class Mover implements PacketHandler {
    private static final int PACKETS_PER_LOOK = 64;

    private final Context context;
    private final MessageEngine engine;
    private long moved;

    Mover(Context context, MessageEngine engine) {
        this.context = context;
        this.engine = engine;
    }

    @Override
    public void onPacket(ReceivedPacket packet) {
        engine.onPacket(
                packet.headerSegment(),
                packet.headerOffset(),
                packet.payloadSegment(),
                packet.payloadOffset(),
                packet.payloadLength());
    }

    @Override
    public void onError(ReceivedPacket packet) {
        if (packet.errors() == Rhf.TIDERR && packet.type() == Rhf.TYPE_EAGER) {
            engine.onOverflow(packet.headerSegment(), packet.headerOffset());
        }
    }

    /** Packets and records that have come, and requests that were completed. */
    long moved() {
        return moved;
    }

    /**
     * Takes what is there and sends what can be sent; keeps what handlers throw.
     *
     * @return whether anything was done
     */
    boolean advance() {
        int came = context.receive(this, PACKETS_PER_LOOK);
        came += engine.advance(System.nanoTime());
        moved += came;
        return came > 0;
    }

    /** How long nothing is to be done if nothing comes; 0 or less: something is to be done now. */
    long idleNs() {
        long wake = engine.wakeNs();
        return wake == Long.MAX_VALUE
                ? Turns.LONGEST_SLEEP_NS
                : Math.min(wake - System.nanoTime(), Turns.LONGEST_SLEEP_NS);
    }

    /** Sleeps until the chip interrupts or the protocol has something to do. */
    void sleep(long longestNs) {
        long time = Math.min(idleNs(), longestNs);
        if (time > 0 && engine.sleep(true)) {
            context.await(Duration.ofNanos(time));
        } else {
            Thread.yield();
        }
        engine.sleep(false);
    }
}

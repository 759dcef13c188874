package io.softpath.psm;

import io.softpath.abi.packet.Rhf;
import io.softpath.driver.Context;
import io.softpath.driver.PacketHandler;
import io.softpath.driver.ReceivedPacket;
import io.softpath.psm.engine.MessageEngine;

import java.time.Duration;

/** Moves messages: takes what has arrived to the engine, and lets that send. */
final class Mover implements PacketHandler {
    /** Looks at the clock are dear beside looks at memory; this many of the latter for one. */
    static final int LOOKS_PER_CLOCK = 64;

    /** While messages come from processes of this host, the chip is looked at this seldom. */
    private static final int LOOKS_PER_CHIP = 32;

    private static final int PACKETS_PER_LOOK = 64;

    /** What comes after so few looks follows what came before; an answer takes more. */
    private static final int STREAM_LOOKS = 4;

    /** With two CPUs the chip and its two users want three. */
    private static final int SPINS = Runtime.getRuntime().availableProcessors() > 2 ? 1000 : 10;

    /** Two processes that talk to each other directly want two. */
    private static final int DIRECT_SPINS =
            Runtime.getRuntime().availableProcessors() > 1 ? 1000 : 10;

    private final Context context;
    private final MessageEngine engine;
    private long moved;
    private int looks;

    /** Looks that have found nothing since something came. */
    private int emptyLooks;

    private boolean streams;

    /** What came last, came from a process of this host. */
    private boolean direct;

    Mover(Context context, MessageEngine engine) {
        this.context = context;
        this.engine = engine;
    }

    @Override
    public void onPacket(ReceivedPacket packet) {
        if (packet.type() == Rhf.TYPE_EXPECTED) {
            onExpected(packet);
            return;
        }
        engine.intake()
                .onPacket(
                        packet.headerSegment(),
                        packet.headerOffset(),
                        packet.payloadSegment(),
                        packet.payloadOffset(),
                        packet.payloadLength());
    }

    @Override
    public void onError(ReceivedPacket packet) {
        if (packet.type() == Rhf.TYPE_EXPECTED) {
            onExpected(packet);
        } else if (packet.errors() == Rhf.TIDERR && packet.type() == Rhf.TYPE_EAGER) {
            engine.intake().onOverflow(packet.headerSegment(), packet.headerOffset());
        }
    }

    private void onExpected(ReceivedPacket packet) {
        engine.intake()
                .onExpected(
                        packet.headerSegment(),
                        packet.headerOffset(),
                        packet.payloadLength(),
                        packet.errors() != 0);
    }

    /** How often to look before yielding, for what is awaited may need this very CPU to come. */
    int spins() {
        return direct ? DIRECT_SPINS : SPINS;
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
        looks++;
        int came = engine.look();
        boolean chipsTurn = looks % LOOKS_PER_CHIP == 0;
        if (!direct || chipsTurn || came == 0 && engine.isBusy()) {
            came += advanceRest(came, chipsTurn);
        }
        moved += came;
        if (came == 0) {
            emptyLooks++;
            return false;
        }
        streams = emptyLooks <= STREAM_LOOKS;
        emptyLooks = 0;
        return true;
    }

    /**
     * Whether messages come one behind the other. Who looks for the next one all the time takes its
     * cache line away from who writes it; to wait for a moment lets several come at once.
     */
    boolean streams() {
        return streams;
    }

    /** What is not done at each look while messages come from processes of this host. */
    private int advanceRest(int records, boolean chipsTurn) {
        int came = 0;
        direct |= records > 0 && engine.isDirect();
        if (!direct || chipsTurn) {
            int packets = context.receive(this, PACKETS_PER_LOOK);
            direct &= packets == 0;
            came += packets;
        }
        if (engine.isBusy() || looks % LOOKS_PER_CLOCK == 0) {
            came += engine.advance(System.nanoTime());
        }
        return came;
    }

    /** As {@link #advance}, and looks at everything, the clock too. */
    boolean advanceAll() {
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

package io.softpath.bench.expected;

import io.softpath.bench.process.Pattern;
import io.softpath.driver.Address;
import io.softpath.driver.Context;
import io.softpath.driver.Destination;
import io.softpath.driver.PacketHandler;
import io.softpath.driver.PinnedRegion;
import io.softpath.driver.ReceivedPacket;
import io.softpath.driver.expected.ExpectedSender;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;

/** The process that has the data: it fills each window that it is granted, in order. */
final class Source implements PacketHandler {
    static final int GRANT = 1;
    static final int NAK = 2;
    static final int STOP = 3;

    /** In {@code data1} of a grant: the data is to go through send buffers. */
    static final int THROUGH_PIO = 1;

    private static final int SENDERS = 16;
    private static final int LOOKS = 32;

    private final Context context;
    private final Destination peer;
    private final MemorySegment plain;
    private final PinnedRegion pinned;
    private final ArrayDeque<ExpectedSender> idle = new ArrayDeque<>(SENDERS);
    private final ArrayDeque<ExpectedSender> begun = new ArrayDeque<>(SENDERS);
    private final Patience patience = new Patience();
    private boolean stopped;

    Source(Context context, Address peer) {
        this.context = context;
        this.peer = context.destination(peer);
        pinned = Block.pin(context);
        plain = Arena.global().allocate(pinned.bytes(), 4096);
        Pattern.fill(plain);
        MemorySegment.copy(plain, 0, pinned.segment(), 0, pinned.bytes());
        for (int i = 0; i < SENDERS; i++) {
            idle.add(context.expected().sender(this.peer));
        }
    }

    /** Serves until the sink has enough. */
    void serve() {
        while (!stopped) {
            boolean worked = context.receive(this, LOOKS) > 0;
            while (!begun.isEmpty() && begun.peek().send().isSent()) {
                idle.add(begun.remove());
                worked = true;
            }
            patience.after(worked);
        }
    }

    @Override
    public void onPacket(ReceivedPacket packet) {
        switch (packet.subOpcode()) {
            case GRANT -> begin(packet);
            case STOP -> stopped = true;
            default ->
                    throw new IllegalStateException(
                            "a window did not come through: subOpcode=" + packet.subOpcode());
        }
    }

    private void begin(ReceivedPacket packet) {
        ExpectedSender sender = idle.remove();
        if (packet.data1() == THROUGH_PIO) {
            sender.begin(
                    packet.payloadSegment(),
                    packet.payloadOffset(),
                    packet.payloadLength(),
                    plain,
                    0,
                    plain.byteSize());
        } else {
            sender.begin(packet, pinned, 0, pinned.bytes());
        }
        begun.add(sender);
    }

    @Override
    public void onError(ReceivedPacket packet) {
        throw new IllegalStateException(
                "packet with errors: rhf=0x" + Long.toHexString(packet.rhf()));
    }
}

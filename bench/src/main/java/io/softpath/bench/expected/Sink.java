package io.softpath.bench.expected;

import io.softpath.bench.process.Copies;
import io.softpath.bench.process.Findings;
import io.softpath.bench.process.Pattern;
import io.softpath.bench.process.Timed;
import io.softpath.driver.Address;
import io.softpath.driver.Context;
import io.softpath.driver.Destination;
import io.softpath.driver.PacketHandler;
import io.softpath.driver.PinnedRegion;
import io.softpath.driver.ReceivedPacket;
import io.softpath.driver.expected.Expected;
import io.softpath.driver.expected.ExpectedWindow;

import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * The process that wants the data: it grants windows over its pinned memory, a few at a time, and
 * measures how long blocks take until all of their bytes are there. Copies and TIDs are measured
 * here as well.
 */
final class Sink {
    private static final PrintStream NOWHERE = new PrintStream(OutputStream.nullOutputStream());
    private static final int LOOKS = 32;
    private static final int PAGE_BYTES = 4096;
    private static final int TID_PAGES = 256;
    private static final int GRANT_BYTES = 2048;
    private static final int LEAST_BLOCKS = 3;

    private final Context context;
    private final Destination peer;
    private final long measuredNs;
    private final Expected expected;
    private final PacketHandler handler;
    private final Patience patience = new Patience();
    private final MemorySegment grant = Arena.global().allocate(GRANT_BYTES, Long.BYTES);

    Sink(Context context, Address peer, long measuredNs) {
        this.context = context;
        this.peer = context.destination(peer);
        this.measuredNs = measuredNs;
        expected = context.expected();
        handler = expected.handler(new Refusal());
    }

    /** Measures everything and prints the findings. */
    void measure(PrintStream out) {
        try (PinnedRegion memory = Block.pin(context)) {
            List<Block> blocks =
                    Arrays.stream(Block.values()).filter(b -> b.bytes() <= memory.bytes()).toList();
            for (Block block : blocks) { // the daemon's compiler works on all this only once
                transfers(block, memory, false, NOWHERE);
                transfers(block, memory, true, NOWHERE);
            }
            for (Block block : blocks) {
                copies(block, out);
                transfers(block, memory, false, out);
                transfers(block, memory, true, out);
            }
        }
        while (!context.send(peer, Source.STOP, 0, 0).isSent()) {
            patience.after(false);
        }
        pins(out);
        tids(false, ExpectedBench.TID_UNCACHED, out);
        tids(true, ExpectedBench.TID_CACHED, out);
    }

    private void copies(Block block, PrintStream out) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment from = arena.allocate(block.bytes(), PAGE_BYTES);
            MemorySegment to = arena.allocate(block.bytes(), PAGE_BYTES);
            Pattern.fill(from);
            Timed copies = Copies.run(from, to, block.bytes(), measuredNs);
            report(ExpectedBench.MEMCPY + block.label(), block.bytes(), copies, out);
        }
    }

    private void transfers(Block block, PinnedRegion memory, boolean pio, PrintStream out) {
        memory.segment().fill((byte) 0);
        expected.evict();
        String name = (pio ? ExpectedBench.PIO : ExpectedBench.GATHER) + block.label();
        try (Stream stream = new Stream(block, memory, pio)) {
            timed(stream::oneBlock); // to warm up
            report(name, block.bytes(), timed(stream::oneBlock), out);
        }
        Pattern.check(memory.segment(), block.bytes());
        expected.evict();
    }

    private static void report(String name, int bytes, Timed timed, PrintStream out) {
        Findings.print(out, name, timed.bandwidth(bytes));
        Findings.print(out, ExpectedBench.count(name), (double) timed.count());
    }

    private Timed timed(Runnable task) {
        return Timed.run(task, measuredNs, LEAST_BLOCKS);
    }

    private void pins(PrintStream out) {
        int bytes = TID_PAGES * PAGE_BYTES;
        cost(ExpectedBench.PIN, () -> context.pin(bytes).close(), out);
    }

    private void tids(boolean cached, String name, PrintStream out) {
        expected.caching(cached);
        int bytes = TID_PAGES * PAGE_BYTES;
        try (PinnedRegion memory = context.pin(bytes)) {
            memory.segment().fill((byte) 1);
            cost(name, () -> expected.open(memory, 0, bytes).close(), out);
        }
    }

    private void cost(String name, Runnable task, PrintStream out) {
        timed(task);
        Timed timed = timed(task);
        Findings.print(out, name, (double) timed.ns() / timed.count() / TID_PAGES);
        Findings.print(out, ExpectedBench.count(name), (double) timed.count());
    }

    /** Blocks one after the other, with the next windows granted before the last is full. */
    private final class Stream implements AutoCloseable {
        private final Block block;
        private final PinnedRegion memory;
        private final boolean pio;
        private final ExpectedWindow[] granted;
        private long opened;
        private long full;

        Stream(Block block, PinnedRegion memory, boolean pio) {
            this.block = block;
            this.memory = memory;
            this.pio = pio;
            granted = new ExpectedWindow[block.underWay()];
        }

        /** Waits for the windows of one more block. */
        void oneBlock() {
            for (int i = 0; i < block.windows(); i++) {
                while (opened < full + granted.length) {
                    grant();
                }
                ExpectedWindow window = granted[(int) (full % granted.length)];
                while (!window.isComplete()) {
                    if (window.needsRestart()) {
                        throw new IllegalStateException("a packet was lost: window=" + window);
                    }
                    patience.after(context.receive(handler, LOOKS) > 0);
                }
                window.close();
                full++;
            }
        }

        private void grant() {
            long at = opened % block.windows() * block.windowBytes();
            ExpectedWindow window = expected.open(memory, at, block.windowBytes());
            granted[(int) (opened % granted.length)] = window;
            int bytes = window.grant(grant, 0, at);
            int how = pio ? Source.THROUGH_PIO : 0;
            while (!context.send(peer, Source.GRANT, 0, how, grant, 0, bytes).isSent()) {
                patience.after(context.receive(handler, LOOKS) > 0);
            }
            opened++;
        }

        /** Takes what is still under way. */
        @Override
        public void close() {
            while (full < opened) {
                ExpectedWindow window = granted[(int) (full % granted.length)];
                while (!window.isComplete()) {
                    patience.after(context.receive(handler, LOOKS) > 0);
                }
                window.close();
                full++;
            }
        }
    }

    /** Nothing but expected packets comes to a sink. */
    private static final class Refusal implements PacketHandler {
        @Override
        public void onPacket(ReceivedPacket packet) {
            throw new IllegalStateException("unexpected message: " + packet.subOpcode());
        }

        @Override
        public void onError(ReceivedPacket packet) {
            throw new IllegalStateException(
                    "packet with errors: rhf=0x" + Long.toHexString(packet.rhf()));
        }
    }
}

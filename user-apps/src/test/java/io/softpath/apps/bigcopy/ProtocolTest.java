package io.softpath.apps.bigcopy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import org.junit.jupiter.api.Test;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;

/** Both ends on one thread, with a wire between them that loses what it likes. */
class ProtocolTest {
    private static final int SLOT_BYTES = 1000;
    private static final int PACKET_BYTES = 100;
    private static final int SEEDS = 2000;

    private enum Type {
        OFFER,
        ALIVE,
        DATA,
        GRANT,
        NAK,
        STATUS
    }

    private record Message(Type type, long a, long b, int generation, int offset) {}

    /** Ranks 0 and 1 with their files, slots and windows. */
    private static final class World implements SendingEnd.Port, ReceivingEnd.Port {
        private final Random random;
        private final double loss;
        private final int lastLength;
        private final long chunkCount;
        private final Slots source;
        private final Slots target;
        private final SendingEnd sender;
        private final ReceivingEnd receiver;
        private final Deque<Message> toReceiver = new ArrayDeque<>();
        private final Deque<Message> toSender = new ArrayDeque<>();
        private final long[] sourceContent;
        private final long[] targetContent;
        private final Window[] windows;
        private final Outgoing[] outgoing;
        private long nowNs;
        private int maxStepNs = 1_000_000;
        private long nextDescriptor = 1;
        private long writtenCount;
        private boolean wireIsDown;

        private static final class Window {
            long descriptor;
            int length;
            int generation = 1;
            int received;
            int nakGeneration;
            int nakFrom;
            boolean restartSaid;
            boolean open;
        }

        private static final class Outgoing {
            long descriptor = -1;
            int length;
            int generation;
            int sent;
        }

        World(long seed, int sourceSlots, int targetSlots, long chunkCount, double loss) {
            this.random = new Random(seed);
            this.loss = loss;
            this.chunkCount = chunkCount;
            this.lastLength = random.nextInt(SLOT_BYTES);
            this.source = new Slots(sourceSlots);
            this.target = new Slots(targetSlots);
            this.sender = new SendingEnd(source, this, 0);
            this.receiver = new ReceivingEnd(target, this, SLOT_BYTES, sourceSlots);
            this.sourceContent = new long[sourceSlots];
            this.targetContent = new long[targetSlots];
            this.windows = new Window[targetSlots];
            this.outgoing = new Outgoing[sourceSlots];
            Arrays.setAll(windows, i -> new Window());
            Arrays.setAll(outgoing, i -> new Outgoing());
        }

        boolean isDone() {
            return sender.written() == chunkCount;
        }

        void step() {
            nowNs += random.nextInt(maxStepNs);
            switch (random.nextInt(6)) {
                case 0 -> readFile();
                case 1 -> writeFile();
                case 2 -> sender.step(nowNs);
                case 3 -> receiver.step();
                case 4 -> deliver(toReceiver);
                default -> deliver(toSender);
            }
        }

        private void readFile() {
            long number = source.filled();
            if (number < chunkCount && source.hasRoom()) {
                boolean last = number == chunkCount - 1;
                sourceContent[source.slot(number)] = number;
                source.fill(Chunk.of(last ? lastLength : SLOT_BYTES, (int) number, last));
            }
        }

        private void writeFile() {
            long number = target.emptied();
            if (number < target.filled()) {
                long chunk = target.chunk(number);
                assertEquals((int) number, Chunk.crc(chunk), "the chunk's own checksum");
                assertEquals(number == chunkCount - 1, Chunk.isLast(chunk));
                if (Chunk.length(chunk) > 0) {
                    assertEquals(number, targetContent[target.slot(number)], "what is in the slot");
                }
                assertEquals(writtenCount, number);
                writtenCount++;
                target.empty(number + 1);
            }
        }

        private void deliver(Deque<Message> wire) {
            Message message = wire.poll();
            if (message == null || wireIsDown || random.nextDouble() < loss) {
                return;
            }
            switch (message.type()) {
                case OFFER -> receiver.offered(message.a(), message.b());
                case ALIVE -> receiver.asked();
                case DATA -> data(message);
                case GRANT -> grant(message);
                case NAK -> nak(message);
                case STATUS -> sender.status(message.a(), message.b());
            }
        }

        private void grant(Message grant) {
            int slot = sender.granted(grant.a());
            if (slot >= 0) {
                outgoing[slot].descriptor = grant.b();
                outgoing[slot].length = Chunk.length(source.chunk(grant.a()));
                outgoing[slot].generation = grant.generation();
                outgoing[slot].sent = 0;
            }
        }

        private void nak(Message nak) {
            for (int slot = 0; slot < outgoing.length; slot++) {
                Outgoing out = outgoing[slot];
                if (out.descriptor == nak.a()
                        && nak.generation() > out.generation
                        && sender.isGranted(slot)) {
                    out.generation = nak.generation();
                    out.sent = nak.offset();
                    sender.resumed(slot);
                }
            }
        }

        private void data(Message packet) {
            for (int slot = 0; slot < windows.length; slot++) {
                Window w = windows[slot];
                if (!w.open
                        || w.descriptor != packet.a()
                        || w.generation != packet.generation()
                        || packet.offset() < w.received) {
                    continue;
                }
                if (packet.offset() > w.received) {
                    if (!w.restartSaid) {
                        w.restartSaid = true;
                        receiver.restart(slot);
                    }
                    return;
                }
                w.received = Math.min(w.length, w.received + PACKET_BYTES);
                targetContent[slot] = packet.b();
                if (w.received == w.length) {
                    receiver.complete(slot);
                }
            }
        }

        private boolean say(Deque<Message> wire, Message message) {
            return random.nextInt(10) > 0 && wire.add(message);
        }

        @Override
        public boolean offer(long number, long chunk) {
            return say(toReceiver, new Message(Type.OFFER, number, chunk, 0, 0));
        }

        @Override
        public boolean alive() {
            return say(toReceiver, new Message(Type.ALIVE, 0, 0, 0, 0));
        }

        @Override
        public boolean data(int slot) {
            Outgoing out = outgoing[slot];
            boolean some = false;
            while (out.sent < out.length
                    && say(
                            toReceiver,
                            new Message(
                                    Type.DATA,
                                    out.descriptor,
                                    sourceContent[slot],
                                    out.generation,
                                    out.sent))) {
                out.sent += PACKET_BYTES;
                some = true;
            }
            return some;
        }

        @Override
        public boolean isOut(int slot) {
            return outgoing[slot].sent >= outgoing[slot].length;
        }

        @Override
        public boolean open(int slot, int length) {
            if (receiver.openCount() > 0 && random.nextInt(4) == 0) {
                return false;
            }
            Window w = new Window();
            w.descriptor = nextDescriptor++;
            w.length = length;
            w.open = true;
            windows[slot] = w;
            return true;
        }

        @Override
        public void close(int slot) {
            assertTrue(windows[slot].open);
            windows[slot].open = false;
        }

        @Override
        public boolean grant(int slot, long number) {
            Window w = windows[slot];
            return say(toSender, new Message(Type.GRANT, number, w.descriptor, w.generation, 0));
        }

        @Override
        public void restart(int slot) {
            Window w = windows[slot];
            assertTrue(w.open);
            w.generation++;
            w.restartSaid = false;
            w.nakGeneration = w.generation;
            w.nakFrom = w.received;
        }

        @Override
        public boolean nak(int slot) {
            Window w = windows[slot];
            return say(
                    toSender, new Message(Type.NAK, w.descriptor, 0, w.nakGeneration, w.nakFrom));
        }

        @Override
        public boolean status(long received, long written) {
            return say(toSender, new Message(Type.STATUS, received, written, 0, 0));
        }

        void run(String what, int maxSteps) {
            int steps = 0;
            while (!isDone()) {
                step();
                assertTrue(
                        ++steps < maxSteps,
                        () -> what + " hangs: " + sender + " / " + receiver + " at " + nowNs);
            }
            assertEquals(chunkCount, writtenCount, what);
            assertTrue(sender.isAllWritten() && receiver.isAllWritten(), what);
        }
    }

    @Test
    void shouldMoveEveryChunkOnceWhateverTheWireLoses() {
        long seed = new Random().nextLong();
        System.out.println("ProtocolTest: seed=" + seed);
        Random random = new Random(seed);
        for (int i = 0; i < SEEDS; i++) {
            int sourceSlots = 1 + random.nextInt(8);
            int targetSlots = 1 + random.nextInt(8);
            long chunks = 1L + random.nextInt(30);
            double loss = random.nextInt(4) == 0 ? 0 : random.nextDouble() * 0.4;
            long each = random.nextLong();
            String what =
                    "seed="
                            + seed
                            + " round="
                            + i
                            + " of "
                            + each
                            + " slots="
                            + sourceSlots
                            + "/"
                            + targetSlots
                            + " chunks="
                            + chunks
                            + " loss="
                            + loss;
            try {
                new World(each, sourceSlots, targetSlots, chunks, loss).run(what, 5_000_000);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(what, e);
            }
        }
    }

    @Test
    void shouldSayNothingTwiceOnAWireThatLosesNothing() {
        World world = new World(1, 4, 4, 50, 0);
        world.maxStepNs = 1000;
        world.run("no loss", 100_000);
        assertEquals(0, world.sender.repeated());
    }

    @Test
    void shouldGoOnWhenTheWireIsBack() {
        World world = new World(2, 4, 4, 50, 0);
        for (int i = 0; i < 300; i++) {
            world.step();
        }
        world.wireIsDown = true;
        for (int i = 0; i < 20_000; i++) {
            world.step();
        }
        assertFalse(world.isDone());
        world.wireIsDown = false;
        world.run("wire that was down", 100_000);
    }

    @Test
    void shouldSaySomethingEvenIfThereIsNothingToSay() {
        World world = new World(3, 1, 1, 1, 0);
        for (int i = 0; i < 100; i++) {
            world.sender.step(SendingEnd.ALIVE_NS - 1);
        }
        assertEquals(0, world.toReceiver.size());
        for (int i = 0; i < 100; i++) {
            world.sender.step(SendingEnd.ALIVE_NS);
        }
        assertEquals(Type.ALIVE, world.toReceiver.element().type());
        assertEquals(1, world.toReceiver.size());
    }

    @Test
    void shouldRefuseOffersThatCannotBe() {
        World world = new World(4, 2, 2, 5, 0);
        long whole = Chunk.of(SLOT_BYTES, 0, false);
        refuses(world, 2, whole, "more than the sender has slots");
        refuses(world, -1, whole, "number below 0");
        refuses(world, 0, Chunk.of(SLOT_BYTES + 1, 0, true), "longer than a slot");
        refuses(world, 0, Chunk.of(SLOT_BYTES - 1, 0, false), "short, but not the last");
        world.receiver.offered(0, Chunk.of(5, 0, true));
        refuses(world, 1, whole, "behind the last");
        refuses(world, 1, Chunk.of(5, 0, true), "another last");
    }

    private static void refuses(World world, long number, long chunk, String why) {
        SoftpathException e =
                assertThrows(
                        SoftpathException.class, () -> world.receiver.offered(number, chunk), why);
        assertEquals(Errno.EPROTO, e.errno());
    }

    @Test
    void shouldRefuseAStatusThatCannotBe() {
        World world = new World(5, 2, 2, 5, 0);
        for (long[] bad : new long[][] {{1, 0}, {-1, -1}, {0, 1}, {0, -1}}) {
            SoftpathException e =
                    assertThrows(
                            SoftpathException.class, () -> world.sender.status(bad[0], bad[1]));
            assertEquals(Errno.EPROTO, e.errno());
        }
    }

    @Test
    void shouldPackAChunkInOneQword() {
        long chunk = Chunk.of(Chunk.MAX_LENGTH, 0xCAFE_F00D, true);
        assertEquals(Chunk.MAX_LENGTH, Chunk.length(chunk));
        assertEquals(0xCAFE_F00D, Chunk.crc(chunk));
        assertTrue(Chunk.isLast(chunk));
        assertFalse(Chunk.isSent(chunk));
        assertTrue(Chunk.isSent(Chunk.sent(chunk)));
        assertEquals(chunk, Chunk.withoutSent(Chunk.sent(chunk)));
        long other = Chunk.of(0, 1, false);
        assertEquals(0, Chunk.length(other));
        assertEquals(1, Chunk.crc(other));
        assertFalse(Chunk.isLast(other));
    }
}

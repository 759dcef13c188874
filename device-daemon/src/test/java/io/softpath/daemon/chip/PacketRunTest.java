package io.softpath.daemon.chip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.ExpectedPsn;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.register.ChipCounter;
import io.softpath.abi.register.TidFlow;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * Packets that a chip takes as a run have the effect of as many single ones: two equal worlds live
 * the same seeded life, one on a fabric that takes runs and one on a cable that does not, and are
 * compared after each step, memory, queues, registers and counters alike.
 *
 * <p>{@code -Dsoftpath.seeds=N} runs more seeds, {@code -Dsoftpath.seed=S} one.
 */
class PacketRunTest {
    private static final int FROM = 2;
    private static final int TO = 3;
    private static final int HANDLE = 7;
    private static final int FLOWS = 3;
    private static final int STEPS = 60;
    private static final int PAGES = 48;
    private static final long MEMORY_BYTES = (PAGES + 2L) * UserPage.BYTES;
    private static final int SOURCE_BYTES = 256 * 1024;

    /** What is not compared packet by packet is of no use: both worlds must have met these. */
    private static final List<ChipCounter> MUST_HAPPEN =
            List.of(
                    ChipCounter.TX_GATHER,
                    ChipCounter.TX_GATHER_FAULT,
                    ChipCounter.TX_NO_ROUTE,
                    ChipCounter.TX_FLOW_STALL,
                    ChipCounter.RX_HDR_SUPP,
                    ChipCounter.RX_TID_INVALID,
                    ChipCounter.RX_TID_STORE,
                    ChipCounter.RX_TID_FLO_DROP,
                    ChipCounter.RX_PKT_DROPPED);

    @Test
    void shouldDoToEachPacketOfARunWhatIsDoneToASingleOne() {
        Long only = Long.getLong("softpath.seed");
        long first = only != null ? only : 1;
        long count = only != null ? 1 : Long.getLong("softpath.seeds", 400);
        long[] happened = new long[MUST_HAPPEN.size()];
        long inRuns = 0;
        for (long seed = first; seed < first + count; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            ChipModel model =
                    ChipModel.IBA7322.toBuilder()
                            .egrBufferBytes(random.nextBoolean() ? 2048 : 4096)
                            .build();
            try (World runs = new World(model, seed, true);
                    World singles = new World(model, seed, false)) {
                live(random, runs, singles);
                for (int i = 0; i < happened.length; i++) {
                    happened[i] += runs.rig.count(MUST_HAPPEN.get(i));
                    happened[i] += runs.rig.countPerContext(MUST_HAPPEN.get(i));
                }
                inRuns += runs.inRuns;
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("-Dsoftpath.seed=" + seed + ": " + e, e);
            }
        }
        if (only == null) {
            for (int i = 0; i < happened.length; i++) {
                assertTrue(happened[i] > 0, MUST_HAPPEN.get(i) + " never happened");
            }
            assertTrue(inRuns > count, "hardly a run: " + inRuns);
        }
    }

    private static void live(SplittableRandom random, World runs, World singles) {
        for (int step = 0; step < STEPS; step++) {
            Consumer<World> action = action(random);
            action.accept(runs);
            action.accept(singles);
            runs.assertLike(singles, "step " + step);
        }
    }

    /** What happens next, in one world and in the other. */
    private static Consumer<World> action(SplittableRandom random) {
        int what = random.nextInt(100);
        if (what < 30) {
            long seed = random.nextLong();
            return world -> world.send(new SplittableRandom(seed));
        }
        if (what < 70) {
            return world -> world.rig.pollAll();
        }
        if (what < 80) {
            int tid = random.nextInt(PAGES);
            int kind = random.nextInt(8);
            int page = random.nextInt(4) == 0 ? random.nextInt(PAGES) : tid;
            return world -> world.setTid(tid, page, kind);
        }
        if (what < 90) {
            int flow = random.nextInt(FLOWS + 1);
            int taken = random.nextInt(16) == 0 ? TidFlow.HDR_SUPP : 0;
            int word = TidFlow.entry(random.nextInt(4) == 0 ? 8 : 9, sequence(random)) & ~taken;
            return world -> TidFlow.put(world.to.memory.userRegisters(), flow, word);
        }
        if (what < 96) {
            return world -> {
                while (world.to.receive() != null) {
                    // its entries are compared in the queue
                }
                world.to.updateHeads();
            };
        }
        boolean on = random.nextBoolean();
        return switch (what) {
            case 96 -> world -> world.enable(on);
            case 97 -> world -> world.freeze(on);
            case 98 -> world -> world.link(on);
            default -> world -> world.mapped = on;
        };
    }

    /** A sequence number near the wrap, or at the start. */
    private static int sequence(SplittableRandom random) {
        return random.nextBoolean() ? 0 : 2040;
    }

    /** A page that is somewhere else: never copied to. */
    private record Elsewhere(MemorySegment memory, long start, boolean gone) implements UserPage {
        @Override
        public boolean store(int offset, MemorySegment from, long fromOffset, int bytes) {
            if (!gone) {
                MemorySegment.copy(from, fromOffset, memory, start + offset, bytes);
            }
            return !gone;
        }
    }

    private static final class World implements AutoCloseable {
        final ChipRig rig;
        final FakeUser from;
        final FakeUser to;
        final MemorySegment memory;
        boolean mapped = true;
        long inRuns;

        World(ChipModel model, long seed, boolean runs) {
            rig = new ChipRig(model, 2, seed, fabric -> new Cable(fabric, runs));
            MemorySegment source = rig.arena.allocate(SOURCE_BYTES, 4096);
            for (int i = 0; i < SOURCE_BYTES; i += 4) {
                source.set(ValueLayout.JAVA_INT, i, i * 0x9E3779B1);
            }
            memory = rig.arena.allocate(MEMORY_BYTES, 4096);
            from =
                    rig.open(
                            0,
                            FROM,
                            TriggerMode.INLINE,
                            handle -> mapped && handle == HANDLE ? source : null);
            to = rig.open(1, TO, TriggerMode.INLINE);
            for (int tid = 0; tid < PAGES; tid++) {
                setTid(tid, tid, 0);
            }
            for (int flow = 0; flow < FLOWS; flow++) {
                TidFlow.put(to.memory.userRegisters(), flow, TidFlow.entry(9, 0));
            }
        }

        /** Takes runs or does not, and counts what is in them. */
        private final class Cable implements Wire {
            private final Wire fabric;
            private final boolean runs;

            Cable(Wire fabric, boolean runs) {
                this.fabric = fabric;
                this.runs = runs;
            }

            @Override
            public Outcome transmit(Packet packet) {
                return fabric.transmit(packet);
            }

            @Override
            public int transmitRun(Packet first, PacketRun run) {
                int taken = runs ? fabric.transmitRun(first, run) : 0;
                inRuns += taken;
                return taken;
            }
        }

        void send(SplittableRandom random) {
            Chip chip = rig.chips.get(0);
            if (chip.frozen()) {
                return;
            }
            chip.forceAvailUpdate();
            from.adoptAvail();
            int flow = random.nextInt(FLOWS + 1);
            int register = TidFlow.get(to.memory.userRegisters(), flow);
            int psn =
                    ExpectedPsn.of(
                            flow,
                            TidFlow.generation(register),
                            TidFlow.sequence(register) + (random.nextInt(8) == 0 ? 1 : 0) & 0x7FF);
            int first = random.nextInt(PAGES);
            int[] tids = new int[1 + random.nextInt(PAGES - first)];
            for (int i = 0; i < tids.length; i++) {
                tids[i] = random.nextInt(32) == 0 ? random.nextInt(PAGES + 9) : first + i;
            }
            int pageOffset = random.nextInt(3) == 0 ? 4 * random.nextInt(1024) : 0;
            int room = tids.length * UserPage.BYTES - pageOffset;
            int length = random.nextBoolean() ? room : 4 + 4 * random.nextInt(room / 4);
            int interval = new int[] {0, 1, 2, 3, 5, 16, 16, 100}[random.nextInt(8)];
            int dlid = random.nextInt(24) == 0 ? 9 : 2;
            int sourceOffset = 4 * random.nextInt((SOURCE_BYTES - length) / 4 + 1);
            int handle = random.nextInt(32) == 0 ? HANDLE + 1 : HANDLE;
            int flags = random.nextBoolean() ? IpathHeader.INTR : 0;
            from.sendGather(
                    dlid,
                    TO,
                    psn,
                    flags,
                    random.nextLong(),
                    FakeUser.gatherRecord(
                            handle, sourceOffset, length, pageOffset, interval, 0x24, tids));
        }

        void setTid(int tid, int page, int kind) {
            long start = (page + 1L) * UserPage.BYTES;
            Chip chip = rig.chips.get(1);
            switch (kind) {
                case 6 -> chip.setTid(TO, tid, new Elsewhere(memory, start, false));
                case 7 -> chip.setTid(TO, tid, new Elsewhere(memory, start, true));
                case 5 -> chip.clearTid(TO, tid);
                default -> chip.setTid(TO, tid, UserPage.of(memory, start));
            }
        }

        void enable(boolean on) {
            if (on) {
                rig.chips.get(1).enableReceive(TO);
            } else {
                rig.chips.get(1).disableReceive(TO);
            }
            to.restart();
        }

        void freeze(boolean on) {
            if (on) {
                rig.chips.get(1).freeze();
            } else {
                rig.chips.get(1).thaw();
            }
        }

        void link(boolean on) {
            if (on) {
                rig.chips.get(1).linkUp();
            } else {
                rig.chips.get(1).linkDown();
            }
        }

        void assertLike(World other, String when) {
            same(memory, other.memory, when + ": memory");
            same(to.memory.rcvHdrq(), other.to.memory.rcvHdrq(), when + ": header queue");
            same(to.memory.userRegisters(), other.to.memory.userRegisters(), when + ": registers");
            same(rig.availPages.get(0), other.rig.availPages.get(0), when + ": pioavail");
            for (ChipCounter counter : ChipCounter.values()) {
                ToLongFunction<ChipRig> count =
                        counter.ordinal() < ChipCounter.UNIT_COUNTERS
                                ? r -> r.count(counter)
                                : r -> r.countPerContext(counter);
                assertEquals(
                        count.applyAsLong(other.rig),
                        count.applyAsLong(rig),
                        () -> when + ": " + counter);
            }
            for (int unit = 0; unit < 2; unit++) {
                ChipRig.Events mine = rig.events.get(unit);
                ChipRig.Events theirs = other.rig.events.get(unit);
                assertEquals(theirs.interrupts, mine.interrupts, when);
                assertEquals(theirs.badBuffers, mine.badBuffers, when);
                assertEquals(theirs.errors, mine.errors, when);
            }
        }

        private static void same(MemorySegment mine, MemorySegment theirs, String what) {
            assertEquals(-1, mine.mismatch(theirs), () -> what + ": first different byte");
        }

        @Override
        public void close() {
            rig.close();
        }
    }
}

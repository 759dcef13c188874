package io.softpath.daemon.chip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.Pbc;
import io.softpath.abi.packet.Rhf;
import io.softpath.abi.register.ChipCounter;

import org.junit.jupiter.api.Test;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Chips and users in one thread under a seeded schedule of sends, receives, opens, closes, freezes
 * and links that go down. After each run: no packet lost without a counter, none delivered twice,
 * none to somebody else, none changed.
 *
 * <p>{@code -Dsoftpath.seeds=N} runs more seeds, {@code -Dsoftpath.seed=S} one.
 */
class ChipSimulationTest {
    private static final int STEPS = 400;
    private static final int USER_CONTEXTS = 4;

    @Test
    @Fidelity({41, 56, 61})
    void shouldAccountForEveryPacketUnderAnySchedule() {
        runSeeds(false);
    }

    @Test
    @Fidelity({56, 61})
    void shouldAccountForEveryPacketWhileOneUserScribblesOnAllItMayWrite() {
        runSeeds(true);
    }

    private static void runSeeds(boolean hostile) {
        Long only = Long.getLong("softpath.seed");
        long first = only != null ? only : 1;
        long count = only != null ? 1 : Long.getLong("softpath.seeds", 1000);
        for (long seed = first; seed < first + count; seed++) {
            try (World world = new World(seed, hostile)) {
                world.run();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(
                        "-Dsoftpath.seed=" + seed + " hostile=" + hostile + ": " + e, e);
            }
        }
    }

    /** One user and what it remembers of its own sends and receives. */
    private static final class Player {
        final FakeUser user;
        final long id;
        long nextMessage;
        final Map<Long, Long> lastFrom = new HashMap<>();

        Player(FakeUser user, long id) {
            this.user = user;
            this.id = id;
        }
    }

    private static final class World implements AutoCloseable {
        final SplittableRandom random;
        final ChipRig rig;
        final boolean hostile;
        final List<Player> players = new ArrayList<>();
        final Set<Long> launched = new HashSet<>();
        final Set<Long> delivered = new HashSet<>();
        final FakeUser scribbler;
        long nextId;
        long entries;
        long errorEntries;

        World(long seed, boolean hostile) {
            random = new SplittableRandom(seed);
            this.hostile = hostile;
            ChipModel base = ChipModel.ALL.get(random.nextInt(ChipModel.ALL.size()));
            ChipModel model =
                    base.toBuilder()
                            .rcvHdrCount(1 << random.nextInt(4, 7))
                            .egrCount(1 << random.nextInt(4, 6))
                            .build();
            rig = new ChipRig(model, random.nextInt(1, 4), seed);
            scribbler = hostile ? rig.open(0, context(USER_CONTEXTS - 1), trigger()) : null;
        }

        int context(int index) {
            return rig.model.firstUserContext() + index;
        }

        TriggerMode trigger() {
            if (random.nextInt(3) == 0) {
                return TriggerMode.INLINE;
            }
            return rig.model.specialTrigger() ? TriggerMode.SPECIAL : TriggerMode.LAST_DWORD;
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(20)) {
                    case 0 -> openOne();
                    case 1 -> closeOne();
                    case 2 -> disturb();
                    case 3, 4, 5, 6, 7, 8, 9 -> send();
                    case 10, 11, 12, 13 -> receive();
                    case 14 -> scribble();
                    default -> rig.pollAll();
                }
            }
            finish();
        }

        void openOne() {
            int unit = random.nextInt(rig.chips.size());
            int context = context(random.nextInt(hostile ? USER_CONTEXTS - 1 : USER_CONTEXTS));
            boolean taken =
                    players.stream()
                            .anyMatch(p -> p.user.lid == unit + 1 && p.user.context == context);
            if (!taken && !rig.chips.get(unit).frozen()) {
                players.add(new Player(rig.open(unit, context, trigger()), ++nextId));
            }
        }

        void closeOne() {
            if (!players.isEmpty()) {
                Player player = players.remove(random.nextInt(players.size()));
                drain(player);
                Chip chip = chipOf(player);
                chip.closeContext(player.user.context);
                drain(player);
            }
        }

        void disturb() {
            Chip chip = rig.chips.get(random.nextInt(rig.chips.size()));
            switch (random.nextInt(8)) {
                case 0 -> chip.linkDown();
                case 1, 2 -> chip.linkUp();
                case 3 -> chip.freeze();
                case 4 -> chip.thaw();
                case 5 -> chip.holdSends(true);
                case 6 -> chip.holdSends(false);
                default -> chip.forceAvailUpdate();
            }
        }

        void send() {
            if (players.isEmpty()) {
                return;
            }
            Player from = players.get(random.nextInt(players.size()));
            Player to = players.get(random.nextInt(players.size()));
            long message = from.id << 32 | from.nextMessage;
            byte[] payload =
                    random.nextInt(3) == 0
                            ? new byte[0]
                            : FakeUser.bytes(4 * random.nextInt(1, 513), (int) message);
            if (from.user.send(to.user.lid, to.user.context, message, payload)) {
                from.nextMessage++;
                assertTrue(launched.add(message));
            }
        }

        void receive() {
            if (!players.isEmpty()) {
                Player player = players.get(random.nextInt(players.size()));
                for (int i = random.nextInt(8); i > 0 && take(player); i--) {
                    // one entry at a time
                }
                if (random.nextBoolean()) {
                    player.user.updateHeads();
                }
            }
        }

        void drain(Player player) {
            while (take(player)) {
                // until the queue is empty
            }
            player.user.updateHeads();
        }

        boolean take(Player player) {
            FakeUser.Entry entry = player.user.receive();
            if (entry == null) {
                return false;
            }
            entries++;
            if (!entry.good()) {
                errorEntries++;
                return true;
            }
            long message = entry.data0();
            assertTrue(launched.contains(message), "a packet that nobody sent: " + message);
            assertTrue(delivered.add(message), "delivered twice: " + message);
            long from = message >>> 32;
            Long last = player.lastFrom.put(from, message);
            assertTrue(last == null || last < message, "out of order: " + message);
            byte[] expected = FakeUser.bytes((int) entry.data1(), (int) message);
            if (rig.model.useEgrBit() ? Rhf.usesEgrBuffer(entry.rhf()) : entry.data1() != 0) {
                assertEquals(
                        -1,
                        java.util.Arrays.mismatch(expected, entry.payload()),
                        "payload changed: " + message);
            }
            return true;
        }

        void scribble() {
            if (scribbler == null) {
                return;
            }
            for (int i = 0; i < 20; i++) {
                var memory =
                        switch (random.nextInt(3)) {
                            case 0 -> scribbler.memory.userRegisters();
                            case 1 -> scribbler.memory.rcvHdrq();
                            default -> scribbler.sends.pioBuffers();
                        };
                long near = random.nextInt(4) == 0 ? memory.byteSize() : 64;
                long at = random.nextLong(Math.min(near, memory.byteSize()) / 8) * 8;
                memory.set(ValueLayout.JAVA_LONG, at, random.nextLong());
            }
            if (random.nextBoolean()) {
                int buffer = random.nextInt(scribbler.bufferCount);
                scribbler.write(
                        buffer,
                        random.nextInt(5),
                        random.nextInt(rig.model.contexts()),
                        -1,
                        FakeUser.bytes(4 * random.nextInt(3), 1));
                // A valid packet into another's queue is its right; here only broken ones may pass.
                long header = scribbler.headerOf(buffer);
                int vcto = IpathHeader.vcto(3, random.nextInt(16), random.nextInt(2048), 0);
                io.softpath.abi.packet.MessageHeader.putVcto(scribbler.pio(), header, vcto);
                scribbler.launch(buffer, Pbc.of(random.nextInt(2048)));
            }
        }

        Chip chipOf(Player player) {
            return rig.chips.get(player.user.lid - 1);
        }

        void finish() {
            for (Chip chip : rig.chips) {
                chip.thaw();
                chip.linkUp();
                chip.holdSends(false);
            }
            rig.settle();
            for (Player player : players) {
                drain(player);
                assertFalse(chipOf(player).hasWork());
            }
            long sent = rig.count(ChipCounter.TX_PKT);
            assertEquals(sent, rig.count(ChipCounter.RX_PKT), "sent and received on the wire");
            if (hostile) {
                return;
            }
            long dropped = rig.count(ChipCounter.TX_DROPPED) + rig.count(ChipCounter.TX_NO_ROUTE);
            assertEquals(launched.size(), sent + dropped, "launched = sent + dropped");
            long droppedOnReceive =
                    rig.count(ChipCounter.RX_PKT_DROPPED)
                            + rig.countPerContext(ChipCounter.HDRQ_FULL)
                            + rig.count(ChipCounter.RX_NON_KD)
                            + rig.count(ChipCounter.RX_DLID_FLTR)
                            + rig.count(ChipCounter.RX_INVAL_PKEY)
                            + rig.count(ChipCounter.RX_QP_BAD_CTXT);
            assertEquals(sent, entries + droppedOnReceive, "sent = entries + dropped");
            assertEquals(
                    errorEntries, rig.count(ChipCounter.RX_TID_FULL), "errors are eager-full ones");
        }

        @Override
        public void close() {
            rig.close();
        }
    }
}

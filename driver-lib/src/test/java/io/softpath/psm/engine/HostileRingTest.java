package io.softpath.psm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.direct.DirectLayout;
import io.softpath.abi.direct.Slot;
import io.softpath.abi.psm.PsmError;
import io.softpath.psm.sim.SimHost;
import io.softpath.psm.sim.SimNode;
import io.softpath.psm.sim.SimWorld;
import io.softpath.psm.sim.Trouble;

import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/**
 * A peer that writes anything anywhere in the memory that it shares with us: it can spoil its own
 * messages, and is out of the job then; our other messages and our memory stay as they are.
 */
final class HostileRingTest {
    private static final int LIVES = 300;
    private static final DirectSettings SHARING = new DirectSettings(true, true, true, 16_000);
    private static final long MINE = 1L << 40;
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG;

    private SimWorld world;
    private SimNode victim;
    private SimNode hostile;
    private SimNode honest;
    private MemorySegment memory;

    /** Which one the hostile peer is. */
    private int side;

    private void start(SimWorld made) {
        world = made;
        SimHost host = world.host();
        victim = world.addTo(host, settings(1), SHARING);
        hostile = world.addTo(host, settings(2), SHARING);
        honest = world.addTo(host, settings(3), SHARING);
        world.connectAll();
        assertTrue(SimWorld.peer(victim, hostile).isDirect());
        assertTrue(SimWorld.peer(honest, victim).isDirect());
        memory = shared().memory();
        side = shared().out.claim(0, 0) < DirectLayout.slotsAt(1) ? 0 : 1;
    }

    private static EngineSettings settings(int run) {
        return EngineSettings.defaults(SimWorld.JOB, "sim", run, SimWorld.MTU);
    }

    private DirectLink shared() {
        return SimWorld.peer(hostile, victim).ring.link();
    }

    /** A message that an honest peer sends still comes, and the victim's answer to it. */
    private void honestTalk() {
        for (int bytes : new int[] {0, 8, 2_000, 50_000, 200_000}) {
            talk(honest, victim, bytes);
            talk(victim, honest, bytes);
        }
    }

    private void talk(SimNode from, SimNode to, int bytes) {
        byte[] out = new byte[bytes];
        new SplittableRandom(bytes).nextBytes(out);
        MemorySegment in = MemorySegment.ofArray(new byte[bytes]);
        to.wake();
        from.wake();
        Request receive = to.engine().receive(MINE | bytes, -1, in, 0, bytes, null, null);
        from.engine()
                .send(
                        SimWorld.peer(from, to),
                        MINE | bytes,
                        MemorySegment.ofArray(out),
                        0,
                        bytes,
                        false,
                        r -> false,
                        null);
        world.await("message of bytes=" + bytes, receive::isComplete);
        assertEquals(PsmError.OK, receive.error());
        assertEquals(-1, in.mismatch(MemorySegment.ofArray(out)));
    }

    @Test
    void shouldSpoilItsOwnMessagesOnly() {
        long first = new SplittableRandom().nextLong();
        System.out.println("seed=" + first);
        int out = 0;
        for (int life = 0; life < LIVES; life++) {
            try (SimWorld made = new SimWorld(first + life, Trouble.NONE)) {
                start(made);
                out += attack(new SplittableRandom(first + life)) ? 1 : 0;
                hostile.kill();
                honestTalk();
                assertEquals(0, SimWorld.peer(honest, victim).ring == null ? 1 : 0);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed=" + (first + life), e);
            }
        }
        System.out.println("lives=" + LIVES + " out of the job in=" + out);
        assertTrue(out > LIVES / 4, "attacks that were noticed: " + out);
    }

    /** Writes words of all kinds to places that matter, while the victim sends and receives. */
    private boolean attack(SplittableRandom random) {
        for (int i = 0; i < 300; i++) {
            victim.wake();
            Peer ofVictim = SimWorld.peer(victim, hostile);
            if (ofVictim == null || ofVictim.failure() != null) {
                return true;
            }
            long place =
                    switch (random.nextInt(9)) {
                        case 0 -> random.nextInt(DirectLayout.BYTES - Long.BYTES);
                        case 1 -> ring(random) + DirectLayout.RING_BYTES + random.nextInt(96) * 8L;
                        case 2 -> ring(random) + random.nextInt(64) * 8L;
                        case 3 -> random.nextInt(64) * 8L;
                        case 4 -> nextInRing();
                        case 5 -> nextInRing() + Long.BYTES;
                        default -> -1;
                    };
            if (place < 0) {
                slot(random);
            } else if (place <= DirectLayout.BYTES - Long.BYTES) {
                memory.set(ValueLayout.JAVA_LONG_UNALIGNED, place, some(random));
            }
            if (random.nextInt(4) == 0) {
                MemorySegment bytes = MemorySegment.ofArray(new byte[random.nextInt(40_000)]);
                victim.engine()
                        .send(
                                ofVictim,
                                1,
                                bytes,
                                0,
                                (int) bytes.byteSize(),
                                false,
                                r -> false,
                                null);
            }
            if (random.nextInt(8) == 0) {
                MemorySegment room = MemorySegment.ofArray(new byte[random.nextInt(40_000)]);
                victim.engine().receive(0, MINE, room, 0, (int) room.byteSize(), r -> false, null);
            }
            victim.engine().progress(world.nowNs());
        }
        return false;
    }

    /** The next slot, as it might be: the victim takes it for a record. */
    private void slot(SplittableRandom random) {
        long taken = memory.get(WORD, DirectLayout.takenAt(1 - side));
        long slot = Math.floorMod(taken, DirectLayout.SLOTS) * (long) Slot.BYTES;
        long at = DirectLayout.slotsAt(side) + slot;
        for (int word = 1; word <= 3; word++) {
            boolean small = random.nextBoolean();
            memory.set(WORD, at + 8L * word, small ? random.nextInt(64) : random.nextLong());
        }
        boolean fits = random.nextInt(64) != 0;
        int type =
                switch (random.nextInt(64)) {
                    case 0 -> Slot.IN_RING;
                    case 1 -> random.nextInt(256);
                    default -> 1 + random.nextInt(6);
                };
        int bytes = fits ? 24 + random.nextInt(64) : random.nextInt(1 << 24);
        memory.set(WORD, at, Slot.header((int) taken + 1, type, bytes));
    }

    /** Where the victim looks for a record in the ring. */
    private long nextInRing() {
        long ring = DirectLayout.ringAt(side);
        long head = ring + DirectLayout.RING_BYTES + RingBufferDescriptor.HEAD_POSITION_OFFSET;
        return ring + (memory.get(WORD, head) & DirectLayout.RING_BYTES - 8L);
    }

    private static long ring(SplittableRandom random) {
        return DirectLayout.ringAt(random.nextInt(2));
    }

    /** Lengths, types and positions as they might be, and some that cannot. */
    private static long some(SplittableRandom random) {
        return switch (random.nextInt(6)) {
            case 0 -> record(8 + random.nextInt(64), random.nextInt(8));
            case 1 -> record(random.nextInt(), random.nextInt(8) - 1);
            case 2 -> record(Integer.MAX_VALUE - random.nextInt(16), -1);
            case 3 -> random.nextInt(2 * DirectLayout.RING_BYTES);
            case 4 -> -1L - random.nextInt(64);
            default -> random.nextLong();
        };
    }

    private static long record(int length, int type) {
        return (long) type << Integer.SIZE | Integer.toUnsignedLong(length);
    }

    /** Requests that are not its own, lengths that are not the message's. */
    @Test
    void shouldNotFinishWhatIsSomebodyElses() {
        try (SimWorld made = new SimWorld(1, Trouble.NONE)) {
            start(made);
            MemorySegment bytes = MemorySegment.ofArray(new byte[100_000]);
            Request send =
                    victim.engine()
                            .send(
                                    SimWorld.peer(victim, honest),
                                    7,
                                    bytes,
                                    0,
                                    100_000,
                                    false,
                                    null,
                                    null);
            assertFalse(send.isComplete());
            control(RingRecord.DONE, send.index, 0, 0);
            control(RingRecord.CTS, send.index, 0, 100_000);
            control(RingRecord.CTS, -1, 0, 8);
            control(RingRecord.CTS, 1 << 30, 0, 8);
            control(RingRecord.DATA, send.index, 0, 8);
            control(RingRecord.GONE, 99, 0, 0);
            long before = victim.engine().counters().malformed();
            victim.wake();
            for (int records = 6; records > 0 && !shared().out.isDrained(); records--) {
                victim.engine().progress(world.nowNs());
            }
            assertEquals(before + 5, victim.engine().counters().malformed());
            assertFalse(send.isComplete());
            assertEquals(null, SimWorld.peer(victim, hostile).failure());
            honestTalk();
        }
    }

    private void control(int type, int a, int b, int c) {
        RecordWriter out = shared().out;
        long at = out.claim(type, Math.max(RingRecord.leastBytes(type), RingRecord.CTS_BYTES));
        memory.set(ValueLayout.JAVA_INT, at, a);
        memory.set(ValueLayout.JAVA_INT, at + 4, b);
        memory.set(ValueLayout.JAVA_INT, at + 8, c);
        out.commit();
    }

    /** It has claimed room for a message, and written half of it, when it dies. */
    @ParameterizedTest
    @ValueSource(ints = {50, 500})
    void shouldNotWaitForAWriterThatDiesBetweenClaimAndCommit(int claimed) {
        try (SimWorld made = new SimWorld(1, Trouble.NONE)) {
            start(made);
            MemorySegment room = MemorySegment.ofArray(new byte[100]);
            Request whole = victim.engine().receive(1, -1, room, 0, 100, null, null);
            Request half = victim.engine().receive(2, -1, room, 0, 100, null, null);
            hostile.wake();
            hostile.engine()
                    .send(
                            SimWorld.peer(hostile, victim),
                            1,
                            MemorySegment.ofArray(new byte[8]),
                            0,
                            8,
                            false,
                            null,
                            null);
            memory.set(WORD, shared().out.claim(RingRecord.EAGER, claimed), 2);
            hostile.kill();
            Request to =
                    victim.engine()
                            .send(
                                    SimWorld.peer(victim, hostile),
                                    3,
                                    room,
                                    0,
                                    100,
                                    true,
                                    null,
                                    null);
            world.await("the send fails", to::isComplete);
            assertEquals(PsmError.EPID_NETWORK_ERROR, to.error());
            assertTrue(whole.isComplete(), "what was committed has come");
            assertEquals(PsmError.OK, whole.error());
            assertFalse(half.isComplete(), "and nothing else");
            assertTrue(victim.engine().cancel(half));
            honestTalk();
        }
    }

    /** It says where its message is, and there is nothing, or not all of it. */
    @Test
    void shouldAskForBytesThatCannotBeReadWhereThePeerSaysTheyAre() {
        try (SimWorld made = new SimWorld(1, Trouble.NONE)) {
            start(made);
            MemorySegment small = MemorySegment.ofArray(new byte[1000]);
            hostile.port().pin(small);
            hostile.port().grant(victim.id(), 0);
            long[] sources = {
                RingRecord.source(0, 1),
                RingRecord.source(0, 1L << 37),
                RingRecord.source(1, 0),
                Long.MAX_VALUE,
                Long.MIN_VALUE
            };
            for (int i = 0; i < sources.length; i++) {
                long at = shared().out.claim(RingRecord.RTS, RingRecord.RTS_BYTES);
                memory.set(WORD, at, 5);
                memory.set(ValueLayout.JAVA_INT, at + 8, i);
                memory.set(ValueLayout.JAVA_INT, at + 12, 1000);
                memory.set(WORD, at + 16, sources[i]);
                shared().out.commit();
                MemorySegment room = MemorySegment.ofArray(new byte[1000]);
                victim.wake();
                Request receive = victim.engine().receive(5, -1, room, 0, 1000, null, null);
                victim.engine().progress(world.nowNs());
                assertFalse(receive.isComplete(), "source=" + sources[i]);
            }
            assertEquals(null, SimWorld.peer(victim, hostile).failure());
            assertEquals(sources.length, victim.engine().referredCount(), "asked for the bytes");
        }
    }

    @Test
    void shouldTakeNoMemoryOfAnotherLength() {
        MemorySegment less = MemorySegment.ofArray(new long[DirectLayout.BYTES / Long.BYTES - 1]);
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> new DirectLink(0, less, (offset, bytes) -> null));
        assertTrue(e.getMessage().contains("bytes=" + DirectLayout.BYTES), e.getMessage());
    }
}

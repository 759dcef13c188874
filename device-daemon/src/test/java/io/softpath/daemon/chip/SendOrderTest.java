package io.softpath.daemon.chip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.Pbc;
import io.softpath.abi.register.ChipCounter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;

/**
 * The order in which packets of a context leave, whatever order its buffers were launched in.
 *
 * <p>{@code -Dsoftpath.seeds=N} runs more seeds, {@code -Dsoftpath.seed=S} one.
 */
class SendOrderTest {
    private static final int LID = 1;
    private static final int CONTEXT = 1;
    private static final int PACKETS = 3;
    private static final int LAUNCHES = 100;
    private static final byte[] NOTHING = {};

    /** A chip whose wire keeps the numbers of the packets, and a sender that numbers them. */
    private static final class Rig implements AutoCloseable {
        final List<Long> sent = new ArrayList<>();
        final ChipRig rig;
        final Chip chip;
        final FakeUser user;
        long launches;

        Rig(ChipModel model, TriggerMode trigger) {
            rig = new ChipRig(model, 1, 1, fabric -> packet -> note(packet, sent));
            chip = rig.chips.get(0);
            user = rig.open(0, CONTEXT, trigger);
        }

        private static Wire.Outcome note(Packet packet, List<Long> sent) {
            MemorySegment header = MemorySegment.ofArray(new long[7]);
            packet.header().store(header, 0);
            sent.add(MessageHeader.data0(header, 0));
            return Wire.Outcome.SENT;
        }

        /** The next packet, from this buffer, whatever the availability says. */
        void launch(int buffer) {
            launch(user, buffer, ++launches);
        }

        static void launch(FakeUser user, int buffer, long number) {
            user.write(buffer, LID, CONTEXT, number, FakeUser.bytes(4, (int) number));
            user.launch(buffer, Pbc.ofPayload(4));
        }

        /** The next packet, from the buffer that the availability leads the sender to. */
        void send() {
            int buffer = user.takeBuffer();
            assertTrue(buffer >= 0, "no buffer for launch " + (launches + 1));
            launch(buffer);
        }

        void assertSentInOrder() {
            assertInOrder(launches, sent);
        }

        @Override
        public void close() {
            rig.close();
        }
    }

    @ParameterizedTest
    @EnumSource(TriggerMode.class)
    void shouldKeepTheOrderOfPacketsThatAreLaunchedWhileASweepPasses(TriggerMode trigger) {
        try (ChipRig rig = new ChipRig(ChipModel.IBA7220, 1, 1)) {
            FakeUser user = rig.open(0, CONTEXT, trigger);
            // Found empty when the sweep looked at them, launched when it comes to the last.
            ContextSends sends =
                    new WatchedSends(
                            user,
                            new Runnable() {
                                private int looks;

                                @Override
                                public void run() {
                                    if (++looks == PACKETS) {
                                        for (int i = 0; i < PACKETS; i++) {
                                            Rig.launch(user, i, i + 1);
                                        }
                                    }
                                }
                            });
            Engine engine = new Engine(rig, user, sends);
            engine.sends.sweep(sends);
            assertInOrder(PACKETS, engine.sent);
        }
    }

    /**
     * A buffer that failed becomes free before its turn. The sender passes it by, because the
     * availability it sees is old, and comes back to it from behind.
     */
    @ParameterizedTest
    @EnumSource(TriggerMode.class)
    void shouldSendInLaunchOrderWhenABufferIsPassedByThatOnlyLookedBusy(TriggerMode trigger) {
        try (Rig r = new Rig(ChipModel.IBA7220, trigger)) {
            int bad = r.user.takeBuffer();
            r.user.write(bad, LID, CONTEXT, 0, NOTHING);
            r.user.launch(bad, Pbc.of(Pbc.MIN_LENGTH_DWORDS + 1)); // not the length of its LRH
            for (int i = 1; i < r.user.bufferCount; i++) {
                r.send();
            }
            r.rig.settle();
            r.chip.forceAvailUpdate();
            r.chip.disarm(r.user.firstBuffer + bad);
            for (int i = 1; i < r.user.bufferCount; i++) {
                r.send();
            }
            assertEquals(bad, r.user.current, "passed by");
            r.chip.forceAvailUpdate();
            r.send();
            assertEquals(bad + 1, r.user.current, "come back to");
            r.rig.pollAll();
            r.rig.settle();
            r.assertSentInOrder();
        }
    }

    /**
     * A sender that goes around the ring from one buffer that it sees free to the next, while
     * buffers are disarmed, the wire stands still, and the availability is old.
     */
    @ParameterizedTest
    @EnumSource(TriggerMode.class)
    void shouldSendInLaunchOrderWhateverBecomesFreeBeforeItsTurn(TriggerMode trigger) {
        forEachSeed(
                trigger,
                seed -> {
                    try (Rig r = new Rig(ChipModel.IBA7220, trigger)) {
                        disarmHereAndThere(r, new SplittableRandom(seed));
                    }
                });
    }

    private static void disarmHereAndThere(Rig r, SplittableRandom random) {
        r.chip.setAvailThreshold(random.nextInt(1, 9));
        int checked = 1;
        for (int step = 0; step < 400; step++) {
            switch (random.nextInt(20)) {
                case 0 -> r.chip.holdSends(true);
                case 1, 2 -> r.chip.holdSends(false);
                case 3 -> r.chip.forceAvailUpdate();
                case 4 -> r.chip.disarm(r.user.firstBuffer + random.nextInt(r.user.bufferCount));
                case 5 -> r.rig.settle();
                case 6, 7, 8 -> r.chip.poll();
                case 9 -> {
                    boolean frozen = r.chip.frozen();
                    r.chip.freeze();
                    if (frozen || random.nextBoolean()) {
                        r.chip.thaw();
                    }
                }
                default -> {
                    int buffer = r.user.takeBuffer();
                    if (buffer >= 0) {
                        r.launch(buffer);
                    }
                }
            }
            for (; checked < r.sent.size(); checked++) {
                long before = r.sent.get(checked - 1);
                long next = r.sent.get(checked);
                assertTrue(before < next, () -> next + " was overtaken by " + before);
            }
        }
    }

    @Test
    void shouldSendInTheOrderOfLaunchTagsWhateverBuffersTheyCameFrom() {
        try (Rig r = new Rig(ChipModel.IBA7220, TriggerMode.INLINE)) {
            for (int buffer : new int[] {1, 2, 3, 4, 5, 6, 7, 0}) {
                r.launch(buffer);
            }
            r.chip.poll();
            r.assertSentInOrder();
            for (int buffer : new int[] {7, 6, 5, 0, 1, 2, 4, 3}) {
                r.launch(buffer);
            }
            r.rig.settle();
            r.assertSentInOrder();
        }
    }

    @Test
    void shouldSendInTheOrderOfLaunchTagsPastTheirWrap() {
        try (Rig r = new Rig(ChipModel.IBA7220, TriggerMode.INLINE)) {
            while (r.launches < 3 * Pbc.LAUNCH_TAG_MAX) {
                r.launch(1);
                r.launch(0);
                r.launch(2);
                r.rig.settle();
            }
            r.assertSentInOrder();
        }
    }

    @Test
    void shouldNoticeALaunchFromABufferThatRestedForAWholeRoundOfTags() {
        try (Rig r = new Rig(ChipModel.IBA7220, TriggerMode.INLINE)) {
            r.launch(7);
            while (r.launches < Pbc.LAUNCH_TAG_MAX) {
                r.launch((int) r.launches % 7);
                r.rig.settle();
            }
            r.launch(7);
            r.launch(0);
            r.rig.settle();
            r.assertSentInOrder();
        }
    }

    /** Tags told launches apart before they told their order. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 8})
    void shouldKeepRingOrderForASenderThatCountsEachBuffersLaunches(int atOnce) {
        try (Rig r = new Rig(ChipModel.IBA7220, TriggerMode.INLINE)) {
            int count = r.user.bufferCount;
            for (int round = 0; round < 40; round++) {
                for (int i = 0; i < atOnce; i++) {
                    int buffer = (int) (r.launches % count);
                    int tag = 1 + (int) (r.launches / count);
                    r.user.write(buffer, LID, CONTEXT, ++r.launches, FakeUser.bytes(4, 1));
                    Pbc.put(
                            r.user.pio(),
                            (long) buffer * r.user.model.pioAlign(),
                            Pbc.withLaunchTag(Pbc.ofPayload(4), tag));
                }
                r.rig.pollAll();
                r.rig.settle();
            }
            r.assertSentInOrder();
        }
    }

    /** Launches come between any two looks, to any free buffer: the tag says which was first. */
    @Test
    void shouldSendInTheOrderOfLaunchTagsWhateverTheChipIsDoingMeanwhile() {
        launchAndLook(TriggerMode.INLINE, false);
    }

    /** Launches come between any two looks, from the next buffer that the sender sees free. */
    @ParameterizedTest
    @EnumSource(TriggerMode.class)
    void shouldSendInRingOrderWhateverTheChipIsDoingMeanwhile(TriggerMode trigger) {
        launchAndLook(trigger, true);
    }

    private static void forEachSeed(TriggerMode trigger, LongConsumer run) {
        Long only = Long.getLong("softpath.seed");
        long first = only != null ? only : 1;
        long count = only != null ? 1 : Long.getLong("softpath.seeds", 2000);
        for (long seed = first; seed < first + count; seed++) {
            try {
                run.accept(seed);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("-Dsoftpath.seed=" + seed + " " + trigger + ": " + e, e);
            }
        }
    }

    private static void launchAndLook(TriggerMode trigger, boolean inRingOrder) {
        forEachSeed(
                trigger,
                seed -> {
                    try (ChipRig rig = new ChipRig(ChipModel.IBA7220, 1, seed)) {
                        launchAndLook(rig, new SplittableRandom(seed), trigger, inRingOrder);
                    }
                });
    }

    private static void launchAndLook(
            ChipRig rig, SplittableRandom random, TriggerMode trigger, boolean inRingOrder) {
        FakeUser user = rig.open(0, CONTEXT, trigger);
        long[] launches = {0};
        Engine[] chip = new Engine[1];
        Runnable sender =
                () -> {
                    for (int n = random.nextInt(8) - 5; n > 0 && !chip[0].resting; n--) {
                        int buffer = inRingOrder ? user.takeBuffer() : chip[0].anyFree(random);
                        if (buffer < 0 || launches[0] == LAUNCHES) {
                            break;
                        }
                        Rig.launch(user, buffer, ++launches[0]);
                    }
                };
        WatchedSends sends = new WatchedSends(user, sender);
        chip[0] = new Engine(rig, user, sends);
        SendEngine engine = chip[0].sends;
        chip[0].avail.threshold(random.nextInt(1, 9));
        while (launches[0] < LAUNCHES) {
            switch (random.nextInt(12)) {
                case 0 -> engine.sweep(sends);
                case 1 -> engine.hold(true);
                case 2, 3 -> engine.hold(false);
                case 4 -> chip[0].disarm(random.nextInt(user.bufferCount));
                case 5 -> chip[0].avail.copyNow();
                default -> engine.poll(sends);
            }
        }
        engine.hold(false);
        do {
            chip[0].avail.copyNow();
        } while (engine.lookAtAll(sends) != 0);
        List<Long> sent = chip[0].sent;
        for (int i = 1; i < sent.size(); i++) {
            long before = sent.get(i - 1);
            long next = sent.get(i);
            assertTrue(before < next, () -> next + " was overtaken by " + before);
        }
        assertEquals(
                launches[0],
                sent.size()
                        + chip[0].counters.get(ChipCounter.TX_DROPPED)
                        + chip[0].counters.get(ChipCounter.TX_DISARMED),
                "launched = sent + disarmed");
    }

    private static void assertInOrder(long launches, List<Long> sent) {
        for (int i = 0; i < sent.size(); i++) {
            assertEquals(i + 1, sent.get(i), "packet " + (i + 1) + " of those sent");
        }
        assertEquals(launches, sent.size(), "packets sent");
    }

    /** A send engine without the rest of a chip. */
    private static final class Engine {
        final Counters counters;
        final PioAvailWriter avail;
        final List<Long> sent = new ArrayList<>();
        final SendEngine sends;
        final ContextSends buffers;

        /**
         * Without launch tags nobody launches while a buffer is disarmed, and nobody can tell what
         * is launched just while the availability is shown.
         */
        boolean resting;

        Engine(ChipRig rig, FakeUser user, ContextSends buffers) {
            this.buffers = buffers;
            counters = new Counters(rig.model.contexts());
            avail = new PioAvailWriter(rig.model, rig.availPages.get(0), counters);
            sends =
                    new SendEngine(
                            rig.chips.get(0),
                            rig.model,
                            user.lid,
                            avail,
                            counters,
                            packet -> Rig.note(packet, sent));
            avail.beforeEachCopy(() -> {
                boolean rested = resting;
                resting = true;
                boolean outOfStep = sends.settle(buffers);
                resting = rested;
                return outOfStep;
            });
        }

        void disarm(int buffer) {
            resting = !buffers.hasLaunchTags();
            sends.disarm(buffers, buffer);
            resting = false;
        }

        /** A buffer that is free and was not launched, or -1. */
        int anyFree(SplittableRandom random) {
            int buffer = random.nextInt(buffers.count);
            boolean free =
                    buffers.state[buffer] == ContextSends.FREE
                            && buffers.launchesAhead(buffer) == 0;
            return free ? buffer : -1;
        }
    }

    /** Lets something happen just before each look of the chip at a buffer. */
    private static final class WatchedSends extends ContextSends {
        private final Runnable before;
        private boolean acting;

        WatchedSends(FakeUser user, Runnable before) {
            super(user.context, user.sends, user.model, () -> 0x5EED);
            this.before = before;
        }

        @Override
        long pbc(int buffer) {
            if (!acting) {
                acting = true;
                before.run();
                acting = false;
            }
            return super.pbc(buffer);
        }

        @Override
        long takeLaunch(int buffer) {
            if (trigger != TriggerMode.INLINE) {
                before.run();
            }
            return super.takeLaunch(buffer);
        }
    }
}

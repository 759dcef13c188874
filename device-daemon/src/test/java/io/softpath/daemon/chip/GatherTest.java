package io.softpath.daemon.chip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.ExpectedPsn;
import io.softpath.abi.packet.GatherRecord;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.Lrh;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.Pbc;
import io.softpath.abi.packet.Rhf;
import io.softpath.abi.register.ChipCounter;
import io.softpath.abi.register.TidFlow;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Gather records: a launched buffer that the chip turns into expected packets. */
class GatherTest {
    private static final int FROM = 2;
    private static final int TO = 3;
    private static final int THIRD = 4;
    private static final int HANDLE = 7;
    private static final int FIRST_TID = 20;
    private static final int PSN = ExpectedPsn.of(3, 9, 2040);
    private static final int PAGES = 64;
    private static final int SOURCE_BYTES = 512 * 1024;
    private static final int LAST_FLAGS = 0x24;
    private static final byte[] NOTHING = {};

    /** A sender with pinned memory, a receiver with pages at TIDs from {@link #FIRST_TID} on. */
    private static final class Rig implements AutoCloseable {
        final ChipRig rig;
        final Chip chip;
        final FakeUser from;
        final FakeUser to;
        final PinnedPages pages;
        MemorySegment region;

        Rig(ChipModel model, TriggerMode trigger) {
            rig = new ChipRig(model, 2, 1);
            chip = rig.chips.get(0);
            region = rig.arena.allocate(SOURCE_BYTES, 4096);
            for (int i = 0; i < SOURCE_BYTES; i += 4) {
                region.set(ValueLayout.JAVA_INT, i, i * 0x9E3779B1);
            }
            from = rig.open(0, FROM, trigger, handle -> handle == HANDLE ? region : null);
            to = rig.open(0, TO, trigger);
            pages = new PinnedPages(PAGES, rig.arena);
            for (int page = 0; page < PAGES; page++) {
                chip.setTid(TO, FIRST_TID + page, pages.page(page));
            }
        }

        Rig() {
            this(ChipModel.IBA7322, TriggerMode.INLINE);
        }

        /** From now on, so many bytes of the source belong in the pages, one after the other. */
        void expect(long sourceOffset, int length, int pageOffset) {
            int at = pageOffset;
            for (int done = 0; done < length; ) {
                int bytes = Math.min(4096 - at % 4096, length - done);
                byte[] part =
                        region.asSlice(sourceOffset + done, bytes).toArray(ValueLayout.JAVA_BYTE);
                pages.expect(at / 4096, at % 4096, part);
                at += bytes;
                done += bytes;
            }
        }

        boolean send(byte[] record) {
            chip.forceAvailUpdate();
            return from.sendGather(1, TO, PSN, IpathHeader.INTR, 4711, record);
        }

        long count(ChipCounter counter) {
            return chip.counter(counter);
        }

        /** Bit 1 busy. */
        boolean busy(int buffer) {
            chip.forceAvailUpdate();
            return (from.shownAvail(buffer) & 2) != 0;
        }

        @Override
        public void close() {
            rig.close();
        }
    }

    private static int[] tids(int count) {
        return IntStream.range(FIRST_TID, FIRST_TID + count).toArray();
    }

    /** A record of so many bytes over as many pages as it needs. */
    private static byte[] record(int length, int interval) {
        return FakeUser.gatherRecord(
                HANDLE, 0, length, 0, interval, LAST_FLAGS, tids((length + 4095) / 4096));
    }

    static Stream<Arguments> modelsAndTriggers() {
        ChipModel large = ChipModel.IBA7322.toBuilder().egrBufferBytes(4096).build();
        return Stream.of(
                Arguments.of(ChipModel.IBA6120, TriggerMode.LAST_DWORD),
                Arguments.of(ChipModel.IBA7220, TriggerMode.SPECIAL),
                Arguments.of(ChipModel.IBA7322, TriggerMode.LAST_DWORD),
                Arguments.of(ChipModel.IBA7322, TriggerMode.INLINE),
                Arguments.of(large, TriggerMode.INLINE));
    }

    @ParameterizedTest
    @MethodSource("modelsAndTriggers")
    @Fidelity({47, 51})
    void shouldSendARecordAsExpectedPacketsPageByPage(ChipModel model, TriggerMode trigger) {
        int source = 12;
        int pageOffset = 1000;
        int length = 6 * 4096 + 40;
        int interval = 3;
        try (Rig r = new Rig(model, trigger)) {
            if (model.hasTidFlows()) {
                TidFlow.put(r.to.memory.userRegisters(), 3, TidFlow.entry(9, 2040));
            }
            r.expect(source, length, pageOffset);
            assertTrue(
                    r.send(
                            FakeUser.gatherRecord(
                                    HANDLE,
                                    source,
                                    length,
                                    pageOffset,
                                    interval,
                                    LAST_FLAGS,
                                    tids(7))));
            r.rig.settle();
            r.pages.check("gathered");
            int at = pageOffset;
            int packet = 0;
            while (at < pageOffset + length) {
                int bytes =
                        Math.min(
                                Math.min(4096 - at % 4096, model.mtuBytes()),
                                pageOffset + length - at);
                boolean last = at + bytes == pageOffset + length;
                boolean entry = last || (packet + 1) % interval == 0 || !model.hasTidFlows();
                if (entry) {
                    FakeUser.Entry e = r.to.receive();
                    assertNotNull(e, "packet " + packet);
                    assertTrue(e.good(), () -> "errors " + Rhf.errorNames(e.rhf()));
                    assertEquals(Rhf.TYPE_EXPECTED, Rhf.rcvType(e.rhf()));
                    assertEquals((56 + bytes) / 4 + 1, Rhf.lengthDwords(e.rhf()));
                    assertEquals(ExpectedPsn.plus(PSN, packet), e.header().bth2());
                    assertEquals(FIRST_TID + at / 4096, IpathHeader.tid(e.header().vcto()));
                    assertEquals(
                            at % 4096 / 4, IpathHeader.offsetDwords(e.header().vcto()), "offset");
                    boolean suppressable = !last && (packet + 1) % interval != 0;
                    assertEquals(
                            (last ? IpathHeader.INTR : 0)
                                    | (suppressable ? IpathHeader.HDRSUPP : 0),
                            e.header().pktFlags());
                    assertEquals(4711, e.data0());
                    assertEquals(last ? LAST_FLAGS : 0, flagsByte(e));
                }
                at += bytes;
                packet++;
            }
            assertNull(r.to.receive());
            assertEquals(packet, r.count(ChipCounter.TX_PKT));
            assertEquals(packet, r.count(ChipCounter.RX_PKT));
            assertEquals(packet, r.chip.counter(ChipCounter.CTXT_TX_PKT, FROM));
            assertEquals(r.count(ChipCounter.TX_WORDS), r.count(ChipCounter.RX_WORDS));
            assertEquals(1, r.count(ChipCounter.TX_GATHER));
            assertEquals(0, r.count(ChipCounter.TX_GATHER_FAULT));
            assertFalse(r.busy(0));
            assertFalse(r.chip.hasWork());
        }
    }

    /** The PSM flags of an entry. */
    private static int flagsByte(FakeUser.Entry entry) {
        MemorySegment copy = MemorySegment.ofArray(new long[7]);
        entry.header().store(copy, 0);
        return MessageHeader.flags(copy, 0);
    }

    @Test
    void shouldGiveOtherContextsTheirTurnAfterABurst() {
        int length = PAGES * 4096;
        try (Rig r = new Rig()) {
            FakeUser third = r.rig.open(0, THIRD, TriggerMode.INLINE);
            r.expect(0, length, 0);
            assertTrue(r.send(record(length, 16)));
            int polls = 0;
            while (r.count(ChipCounter.TX_GATHER) == 0) {
                long before = r.count(ChipCounter.TX_PKT);
                assertTrue(third.send(1, THIRD, polls, NOTHING));
                assertTrue(r.chip.poll() > 0);
                assertTrue(polls == 0 || r.count(ChipCounter.TX_GATHER) == 1 || r.busy(0));
                long burst = r.count(ChipCounter.TX_PKT) - before - 1;
                assertEquals(SendEngine.GATHER_BURST_BYTES / 2048, burst);
                assertEquals(polls, third.receive().data0(), "the other's packet");
                third.updateHeads();
                polls++;
                assertEquals(r.count(ChipCounter.TX_GATHER) == 0, r.chip.hasWork());
                r.chip.forceAvailUpdate();
            }
            assertEquals(length / SendEngine.GATHER_BURST_BYTES, polls);
            assertFalse(r.busy(0));
            r.pages.check("all of it");
        }
    }

    /** However many gather, a small packet of another waits for a few bursts at most. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 12})
    void shouldGiveAllContextsThatGatherTheSameAndNoneOfThemMuchAtOnce(int senders) {
        int length = 4 * SendEngine.GATHER_BURST_BYTES;
        int burst = SendEngine.GATHER_BURST_BYTES / 2048;
        int inARound =
                Math.min(senders, SendEngine.GATHER_ROUND_BYTES / SendEngine.GATHER_BURST_BYTES);
        try (Rig r = new Rig()) {
            FakeUser third = r.rig.open(0, THIRD, TriggerMode.INLINE);
            List<FakeUser> users = gatherers(r, senders);
            for (FakeUser user : users) {
                assertTrue(user.sendGather(1, TO, PSN, 0, 1, record(length, 0)));
            }
            r.expect(0, length, 0);
            for (int polls = 0; polls < 4 * senders / inARound; polls++) {
                long before = r.count(ChipCounter.TX_PKT);
                assertTrue(third.send(1, THIRD, polls, NOTHING));
                assertTrue(r.chip.hasWork() || polls == 0);
                r.chip.poll();
                long sent = r.count(ChipCounter.TX_PKT) - before;
                assertEquals(inARound * burst + 1, sent, "poll " + polls);
                assertEquals(polls, third.receive().data0(), "the other's packet");
                third.updateHeads();
                for (int i = 0; i < senders; i++) {
                    int turns = (inARound * (polls + 1) + senders - 1 - i) / senders;
                    assertEquals(
                            (long) turns * burst,
                            r.chip.counter(ChipCounter.CTXT_TX_PKT, users.get(i).context),
                            "sender " + i + " after poll " + polls);
                }
                r.chip.forceAvailUpdate();
            }
            assertEquals(senders, r.count(ChipCounter.TX_GATHER));
            assertFalse(r.chip.hasWork());
            r.pages.check("the same from all of them");
        }
    }

    @Test
    void shouldNotLetAShortGatherWaitUntilALongOneIsDone() {
        try (Rig r = new Rig()) {
            List<FakeUser> users = gatherers(r, 7);
            int length = PAGES * 4096;
            r.expect(0, length, 0);
            for (FakeUser user : users.subList(0, 5)) {
                assertTrue(user.sendGather(1, TO, PSN, 0, 1, record(length, 0)));
            }
            r.chip.poll();
            for (FakeUser user : users.subList(5, 7)) {
                assertTrue(user.sendGather(1, TO, PSN, 0, 1, record(8192, 0)));
            }
            int turns = SendEngine.GATHER_ROUND_BYTES / SendEngine.GATHER_BURST_BYTES;
            for (int done = turns; done < users.size(); done += turns) { // each had its turn
                r.chip.poll();
            }
            assertEquals(2, r.count(ChipCounter.TX_GATHER), "both short ones, no long one");
            r.rig.settle();
            assertEquals(7, r.count(ChipCounter.TX_GATHER));
            r.pages.check("the same from all of them");
        }
    }

    @Test
    void shouldGoOnWithOtherGathersWhenOneContextCloses() {
        int length = 2 * SendEngine.GATHER_BURST_BYTES;
        try (Rig r = new Rig()) {
            List<FakeUser> users = gatherers(r, 9);
            for (FakeUser user : users) {
                assertTrue(user.sendGather(1, TO, PSN, 0, 1, record(length, 0)));
            }
            r.expect(0, length, 0);
            r.chip.poll();
            r.chip.poll();
            r.chip.closeContext(users.get(2).context);
            r.rig.settle();
            assertEquals(9, r.count(ChipCounter.TX_GATHER));
            r.pages.check("the same from all of them");
        }
    }

    /** Contexts behind {@link #THIRD} that may gather from the rig's memory. */
    private static List<FakeUser> gatherers(Rig r, int count) {
        return IntStream.rangeClosed(THIRD + 1, THIRD + count)
                .mapToObj(c -> r.rig.open(0, c, TriggerMode.INLINE, handle -> r.region))
                .toList();
    }

    @Test
    void shouldLetLaterLaunchesOfTheContextWaitBehindAGather() {
        int length = PAGES * 4096;
        try (Rig r = new Rig()) {
            r.expect(0, length, 0);
            assertTrue(r.send(record(length, 0)));
            assertTrue(r.from.send(1, TO, 1, FakeUser.bytes(8, 1)));
            assertTrue(r.send(FakeUser.gatherRecord(HANDLE, 0, 4096, 0, 0, 0, tids(1))));
            assertTrue(r.from.send(1, TO, 2, FakeUser.bytes(8, 1)));
            r.rig.settle();
            long[] order =
                    Stream.generate(r.to::receive)
                            .takeWhile(e -> e != null)
                            .filter(e -> (e.header().pktFlags() & IpathHeader.HDRSUPP) == 0)
                            .mapToLong(FakeUser.Entry::data0)
                            .toArray();
            assertEquals(List.of(4711L, 1L, 4711L, 2L), Arrays.stream(order).boxed().toList());
            assertEquals(2, r.count(ChipCounter.TX_GATHER));
            r.pages.check("both");
        }
    }

    static Stream<Arguments> faultyRecords() {
        byte[] none = new byte[GatherRecord.TIDS];
        return Stream.of(
                Arguments.of("unknown handle", FakeUser.gatherRecord(8, 0, 64, 0, 0, 0, 20)),
                Arguments.of("no bytes", FakeUser.gatherRecord(HANDLE, 0, 0, 0, 0, 0, 20)),
                Arguments.of("length -4", FakeUser.gatherRecord(HANDLE, 0, -4, 0, 0, 0, 20)),
                Arguments.of("length 62", FakeUser.gatherRecord(HANDLE, 0, 62, 0, 0, 0, 20)),
                Arguments.of("source 2", FakeUser.gatherRecord(HANDLE, 2, 64, 0, 0, 0, 20)),
                Arguments.of("source -4", FakeUser.gatherRecord(HANDLE, -4, 64, 0, 0, 0, 20)),
                Arguments.of(
                        "past the source",
                        FakeUser.gatherRecord(HANDLE, SOURCE_BYTES - 60, 64, 0, 0, 0, 20)),
                Arguments.of(
                        "source wraps",
                        FakeUser.gatherRecord(HANDLE, Long.MAX_VALUE - 3, 64, 0, 0, 0, 20)),
                Arguments.of("page offset 1", FakeUser.gatherRecord(HANDLE, 0, 64, 1, 0, 0, 20)),
                Arguments.of(
                        "page offset 4096", FakeUser.gatherRecord(HANDLE, 0, 64, 4096, 0, 0, 20)),
                Arguments.of("page offset -4", FakeUser.gatherRecord(HANDLE, 0, 64, -4, 0, 0, 20)),
                Arguments.of("too few pages", FakeUser.gatherRecord(HANDLE, 0, 4096, 4, 0, 0, 20)),
                Arguments.of("eager TID", FakeUser.gatherRecord(HANDLE, 0, 64, 0, 0, 0, 0x7FF)),
                Arguments.of("TID 65535", FakeUser.gatherRecord(HANDLE, 0, 64, 0, 0, 0, 0xFFFF)),
                Arguments.of(
                        "one TID of three too large",
                        FakeUser.gatherRecord(HANDLE, 0, 64, 0, 0, 0, 20, 21, 0x800)),
                Arguments.of("no TID", none),
                Arguments.of("nothing", NOTHING),
                Arguments.of("half a record", Arrays.copyOf(none, 16)),
                Arguments.of("too short", Arrays.copyOf(record(4096 * 4, 1), 36)),
                Arguments.of("too long", Arrays.copyOf(record(4096 * 4, 1), 44)),
                Arguments.of("a full buffer", Arrays.copyOf(record(4096 * 4, 1), 2048)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faultyRecords")
    void shouldRefuseAnImpossibleRecordBeforeItsFirstPacket(String what, byte[] record) {
        try (Rig r = new Rig()) {
            int buffer = r.from.current;
            assertTrue(r.send(record));
            r.rig.settle();
            assertEquals(1, r.count(ChipCounter.TX_GATHER_FAULT), what);
            assertEquals(0, r.count(ChipCounter.TX_PKT));
            assertEquals(0, r.count(ChipCounter.TX_GATHER));
            assertEquals(List.of(r.from.firstBuffer + buffer), r.rig.events.get(0).badBuffers);
            assertTrue(r.busy(buffer));
            assertNull(r.to.receive());
            r.pages.check(what);
            r.chip.disarm(r.from.firstBuffer + buffer);
            assertFalse(r.busy(buffer));
            r.from.adoptAvail();
            r.expect(0, 4096, 0);
            assertTrue(r.send(record(4096, 1)));
            r.rig.settle();
            r.pages.check("the next one");
        }
    }

    @Test
    void shouldRefuseTheRecordOfAContextThatMayNotGather() {
        try (Rig r = new Rig()) {
            assertTrue(r.to.sendGather(1, TO, PSN, 0, 1, record(4096, 1)));
            r.rig.settle();
            assertEquals(1, r.count(ChipCounter.TX_GATHER_FAULT));
            assertEquals(List.of(r.to.firstBuffer), r.rig.events.get(0).badBuffers);
            r.pages.check("not allowed");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldDropTheRestWhenTheSourceIsGoneBetweenTwoBursts(boolean smaller) {
        int length = PAGES * 4096;
        int sent = SendEngine.GATHER_BURST_BYTES;
        try (Rig r = new Rig()) {
            r.expect(0, sent, 0);
            assertTrue(r.send(record(length, 0)));
            assertEquals(1, r.chip.poll());
            r.region = smaller ? r.region.asSlice(0, length - 4) : null;
            assertTrue(r.from.send(1, TO, 1, NOTHING));
            r.rig.settle();
            r.pages.check("one burst");
            assertEquals(1, r.count(ChipCounter.TX_GATHER_FAULT));
            assertEquals(0, r.count(ChipCounter.TX_GATHER));
            assertEquals(List.of(r.from.firstBuffer), r.rig.events.get(0).badBuffers);
            FakeUser.Entry last = null;
            for (FakeUser.Entry e = r.to.receive(); e != null; e = r.to.receive()) {
                last = e;
            }
            assertEquals(1, last.data0(), "the next launch leaves");
            assertFalse(r.chip.hasWork());
        }
    }

    @Test
    void shouldReadARecordOnceAndNotWhatTheSenderMakesOfItLater() {
        int length = PAGES * 4096;
        try (Rig r = new Rig()) {
            r.expect(0, length, 0);
            assertTrue(r.send(record(length, 0)));
            assertEquals(1, r.chip.poll());
            r.from.pio().asSlice(8, 2000).fill((byte) 0xFF);
            r.rig.settle();
            r.pages.check("as launched");
            assertEquals(1, r.count(ChipCounter.TX_GATHER));
        }
    }

    @Test
    void shouldWaitForRoomOnTheWireWithoutLosingItsPlace() {
        int length = PAGES * 4096;
        try (ChipRig rig = new ChipRig(ChipModel.IBA7322, 2, 1)) {
            MemorySegment region = rig.arena.allocate(length, 4096);
            region.fill((byte) 0x3C);
            FakeUser from = rig.open(0, FROM, TriggerMode.INLINE, handle -> region);
            rig.open(1, TO, TriggerMode.INLINE);
            PinnedPages pages = new PinnedPages(PAGES, rig.arena);
            for (int page = 0; page < PAGES; page++) {
                rig.chips.get(1).setTid(TO, FIRST_TID + page, pages.page(page));
                pages.expect(page, 0, region.asSlice(0, 4096).toArray(ValueLayout.JAVA_BYTE));
            }
            Chip chip = rig.chips.get(0);
            assertTrue(from.sendGather(2, TO, PSN, 0, 1, record(length, 0)));
            assertEquals(1, chip.poll());
            rig.chips.get(1).freeze();
            assertEquals(0, chip.poll());
            assertEquals(0, chip.sweep());
            assertEquals(2, chip.counter(ChipCounter.TX_FLOW_STALL));
            assertTrue(chip.hasWork());
            rig.chips.get(1).thaw();
            rig.settle();
            pages.check("all of it");
            assertEquals(2 * PAGES, chip.counter(ChipCounter.TX_PKT));
        }
    }

    @Test
    void shouldStandStillWhileHeldOrFrozenAndGoOnAfter() {
        int length = PAGES * 4096;
        try (Rig r = new Rig()) {
            r.expect(0, length, 0);
            r.chip.holdSends(true);
            assertTrue(r.send(record(length, 0)));
            assertEquals(0, r.chip.sweep());
            r.chip.holdSends(false);
            assertEquals(1, r.chip.poll());
            long sent = r.count(ChipCounter.TX_PKT);
            r.chip.holdSends(true);
            assertEquals(0, r.chip.sweep() + r.chip.poll());
            assertFalse(r.chip.hasWork());
            r.chip.holdSends(false);
            r.chip.freeze();
            assertEquals(0, r.chip.sweep() + r.chip.poll());
            assertEquals(sent, r.count(ChipCounter.TX_PKT));
            r.chip.thaw();
            r.rig.settle();
            r.pages.check("all of it");
        }
    }

    @Test
    void shouldCancelAGatherUnderWayWhenItsBufferIsDisarmedOrTheLinkGoesDown() {
        int length = PAGES * 4096;
        for (boolean disarm : new boolean[] {true, false}) {
            try (Rig r = new Rig()) {
                r.expect(0, SendEngine.GATHER_BURST_BYTES, 0);
                assertTrue(r.send(record(length, 0)));
                assertEquals(1, r.chip.poll());
                if (disarm) {
                    r.chip.disarm(r.from.firstBuffer);
                } else {
                    r.chip.linkDown();
                    r.chip.linkUp();
                }
                r.rig.settle();
                r.pages.check("one burst");
                assertEquals(1, r.count(ChipCounter.TX_DROPPED));
                assertEquals(0, r.count(ChipCounter.TX_GATHER));
                assertFalse(r.busy(0));
                assertFalse(r.chip.hasWork());
                r.from.adoptAvail();
                for (int i = 1; i < r.from.bufferCount; i++) {
                    assertTrue(r.from.send(1, TO, i, NOTHING));
                    r.rig.settle();
                    r.chip.forceAvailUpdate();
                }
                r.expect(8192, 8192, 0);
                assertTrue(r.send(FakeUser.gatherRecord(HANDLE, 8192, 8192, 0, 1, 0, tids(2))));
                r.rig.settle();
                r.pages.check("another gather from the same buffer");
                assertEquals(1, r.count(ChipCounter.TX_GATHER));
            }
        }
    }

    @Test
    @Fidelity(56)
    void shouldSendAllThatAContextLaunchedWhenItCloses() {
        int length = PAGES * 4096;
        try (Rig r = new Rig()) {
            r.expect(0, length, 0);
            for (int i = 0; i < 3; i++) {
                assertTrue(r.send(record(length, 0)));
            }
            assertEquals(1, r.chip.poll());
            r.chip.closeContext(FROM);
            assertEquals(3, r.count(ChipCounter.TX_GATHER));
            assertEquals(3 * 2 * PAGES, r.count(ChipCounter.TX_PKT));
            r.pages.check("all of it");
            for (int i = 0; i < r.from.bufferCount; i++) {
                assertFalse(r.busy(i));
            }
        }
    }

    @Test
    void shouldSendNoMoreThanOneLongRecordsWorthWhenAContextCloses() {
        int[] twice = IntStream.range(0, 2 * PAGES).map(i -> FIRST_TID + i % PAGES).toArray();
        int length = twice.length * 4096;
        int sent = SendEngine.GATHER_CLOSE_BYTES / length;
        byte[] record = FakeUser.gatherRecord(HANDLE, 0, length, 0, 0, 0, twice);
        try (Rig r = new Rig()) {
            r.expect(length / 2, length / 2, 0);
            for (int i = 0; i < sent + 2; i++) {
                assertTrue(r.send(record));
            }
            assertTrue(r.from.send(1, TO, 1, NOTHING));
            r.chip.closeContext(FROM);
            assertEquals(sent, r.count(ChipCounter.TX_GATHER));
            assertEquals(2L * twice.length * sent, r.count(ChipCounter.TX_PKT));
            assertEquals(3, r.count(ChipCounter.TX_DROPPED), "what was launched behind it, too");
            r.pages.check("all of it");
            for (int i = 0; i < r.from.bufferCount; i++) {
                assertFalse(r.busy(i));
            }
        }
    }

    @Test
    @Fidelity({42, 56})
    void shouldDropARecordWhoseHeaderNamesAnotherSenderOrAPortWithoutACable() {
        try (Rig r = new Rig()) {
            int buffer = r.from.takeBuffer();
            byte[] record = record(4096, 1);
            r.from.writeExpected(buffer, 1, TO, 0, 0, PSN, 0, 1, record);
            MessageHeader.putAck(r.from.pio(), r.from.headerOf(buffer), TO << 24);
            r.from.launch(buffer, Pbc.asGather(Pbc.ofPayload(record.length)));
            r.rig.settle();
            assertEquals(1, r.count(ChipCounter.TX_BAD_HEADER));
            assertFalse(r.busy(buffer));
            buffer = r.from.takeBuffer();
            r.from.writeExpected(buffer, 1, TO, 0, 0, PSN, 0, 1, record);
            long pbc = Pbc.asGather(Pbc.ofPayload(record.length));
            r.from.launch(buffer, Pbc.PORT.set(pbc, 1));
            r.rig.settle();
            assertEquals(1, r.count(ChipCounter.TX_NO_ROUTE));
            assertFalse(r.busy(buffer));
            assertEquals(0, r.count(ChipCounter.TX_PKT));
            assertEquals(0, r.count(ChipCounter.TX_GATHER_FAULT));
            r.pages.check("dropped");
        }
    }

    @Test
    void shouldNotLookAtTheLengthInTheHeaderOfARecord() {
        try (Rig r = new Rig()) {
            int buffer = r.from.takeBuffer();
            byte[] record = record(4096, 1);
            r.from.writeExpected(buffer, 1, TO, 0, 0, PSN, 0, 1, record);
            long header = r.from.headerOf(buffer);
            long lrh = MessageHeader.lrh(r.from.pio(), header);
            MessageHeader.putLrh(r.from.pio(), header, Lrh.withLength(lrh, 527));
            r.from.launch(buffer, Pbc.asGather(Pbc.ofPayload(record.length)));
            r.expect(0, 4096, 0);
            r.rig.settle();
            r.pages.check("sent");
        }
    }

    @Test
    void shouldCountEachPacketThatHasNoDestination() {
        try (Rig r = new Rig()) {
            assertTrue(r.from.sendGather(9, TO, PSN, 0, 1, record(8 * 4096, 1)));
            r.rig.settle();
            assertEquals(16, r.count(ChipCounter.TX_NO_ROUTE));
            assertEquals(0, r.count(ChipCounter.TX_PKT));
            assertFalse(r.chip.hasWork());
        }
    }

    @Test
    @Fidelity(48)
    void shouldLeaveItToTheReceiverWhichTidsAreValid() {
        try (Rig r = new Rig()) {
            r.chip.clearTid(TO, FIRST_TID + 1);
            r.expect(0, 4096, 0);
            byte[] third = r.region.asSlice(8192, 4096).toArray(ValueLayout.JAVA_BYTE);
            r.pages.expect(2, 0, third);
            assertTrue(r.send(record(3 * 4096, 1)));
            r.rig.settle();
            r.pages.check("the page between is not the receiver's any more");
            assertEquals(2, r.count(ChipCounter.RX_TID_INVALID));
        }
    }

    @Test
    void shouldFillTheMostTidsThatARecordHolds() {
        try (Rig r = new Rig()) {
            int[] tids = new int[GatherRecord.MAX_TIDS];
            Arrays.fill(tids, FIRST_TID);
            r.region = r.rig.arena.allocate(512 * 4096, 4096);
            r.region.fill((byte) 0x77);
            r.expect(511 * 4096, 4096, 0);
            assertTrue(r.send(FakeUser.gatherRecord(HANDLE, 0, 512 * 4096, 0, 16, 0, tids)));
            r.rig.settle();
            r.pages.check("the last of them");
            assertEquals(1024, r.count(ChipCounter.TX_PKT));
            assertEquals(1, r.count(ChipCounter.TX_GATHER));
        }
    }
}

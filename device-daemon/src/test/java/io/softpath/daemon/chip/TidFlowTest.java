package io.softpath.daemon.chip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.ExpectedPsn;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.Pbc;
import io.softpath.abi.packet.Rhf;
import io.softpath.abi.register.ChipCounter;
import io.softpath.abi.register.TidFlow;
import io.softpath.abi.register.UserRegisters;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicBoolean;

/** TID flows and header suppression of an IBA7322, by hand over the register page. */
class TidFlowTest {
    private static final int FROM = 2;
    private static final int TO = 17;
    private static final int TID = 5;
    private static final int FLOW = 9;
    private static final int GEN = 200;
    private static final int HDRSUPP = IpathHeader.HDRSUPP;
    private static final ChipModel SMALL =
            ChipModel.IBA7322.toBuilder().rcvHdrCount(16).egrCount(16).build();

    /** One chip, a sender and a receiver with one page at one TID. */
    private static final class Rig implements AutoCloseable {
        final ChipRig rig;
        final Chip chip;
        final FakeUser from;
        final FakeUser to;
        final MemorySegment registers;
        final PinnedPages pages;
        private int packets;

        Rig(ChipModel model) {
            rig = new ChipRig(model, 1, 1);
            chip = rig.chips.get(0);
            from = rig.open(0, FROM, TriggerMode.INLINE);
            to = rig.open(0, TO, TriggerMode.INLINE);
            registers = to.memory.userRegisters();
            pages = new PinnedPages(2, rig.arena);
            chip.setTid(TO, TID, pages.page(0));
        }

        void store(int word) {
            TidFlow.put(registers, FLOW, word);
        }

        /** The register as the user reads it. */
        int read() {
            return TidFlow.asRead(TidFlow.get(registers, FLOW));
        }

        /** Sends one packet of 8 bytes; it must arrive or leave the page as it was. */
        void send(int gen, int seq, int flags, boolean arrives) {
            send(TID, gen, seq, flags, arrives);
        }

        void send(int tid, int gen, int seq, int flags, boolean arrives) {
            chip.forceAvailUpdate();
            byte[] payload = FakeUser.bytes(8, ++packets);
            int offset = packets * 8 % 4096;
            if (arrives) {
                pages.expect(0, offset, payload);
            }
            int psn = ExpectedPsn.of(FLOW, gen, seq);
            assertTrue(from.sendExpected(1, TO, tid, offset, psn, flags, seq, payload));
            rig.settle();
            pages.check("gen " + gen + " seq " + seq);
        }

        /** The next entry is of this sequence number and has these errors. */
        void entry(int seq, long errors) {
            FakeUser.Entry entry = to.receive();
            assertNotNull(entry, "no entry for seq " + seq);
            assertEquals(Rhf.errorNames(errors), Rhf.errorNames(entry.rhf()));
            assertEquals(Rhf.TYPE_EXPECTED, Rhf.rcvType(entry.rhf()));
            assertEquals(seq, entry.data0());
            to.updateHeads();
        }

        void noEntry() {
            assertNull(to.receive());
        }

        long count(ChipCounter counter) {
            return chip.counter(counter);
        }

        @Override
        public void close() {
            rig.close();
        }
    }

    @Test
    @Fidelity(50)
    void shouldDeliverTheNextPacketOfAFlowAndCountItsRegisterUp() {
        try (Rig r = new Rig(ChipModel.IBA7322)) {
            r.store(TidFlow.entry(GEN, 2046));
            for (int seq : new int[] {2046, 2047, 0, 1}) {
                r.send(GEN, seq, 0, true);
                r.entry(seq, 0);
                assertEquals(seq + 1 & 2047, TidFlow.sequence(r.read()));
                assertEquals(GEN, TidFlow.generation(r.read()));
                assertTrue((r.read() & TidFlow.VALID) != 0);
            }
            assertEquals(0, r.count(ChipCounter.RX_TID_FLO_DROP));
        }
    }

    @Test
    @Fidelity(50)
    void shouldReportTheFirstWrongSequenceOnlyAndGoOnWithTheRightOne() {
        try (Rig r = new Rig(ChipModel.IBA7322)) {
            r.store(TidFlow.entry(GEN, 10));
            r.send(GEN, 12, 0, false);
            r.entry(12, Rhf.TFSEQERR);
            assertEquals(TidFlow.SEQ_MISMATCH, r.read() & TidFlow.MISMATCHES);
            r.send(GEN, 13, 0, false);
            r.send(GEN, 9, 0, false);
            r.noEntry();
            assertEquals(3, r.count(ChipCounter.RX_TID_FLO_DROP));
            r.send(GEN, 10, 0, true);
            r.entry(10, 0);
            assertEquals(11, TidFlow.sequence(r.read()));
            r.store(TidFlow.entry(GEN + 1, 11));
            r.send(GEN + 1, 12, 0, false);
            r.entry(12, Rhf.TFSEQERR);
        }
    }

    @Test
    @Fidelity(50)
    void shouldReportEveryWrongSequenceWhereTheRegisterSaysSo() {
        try (Rig r = new Rig(ChipModel.IBA7322)) {
            r.store(TidFlow.entry(GEN, 10) | TidFlow.KEEP_AFTER_SEQ_ERR);
            for (int seq = 11; seq < 15; seq++) {
                r.send(GEN, seq, HDRSUPP, false);
                r.entry(seq, Rhf.TFSEQERR);
            }
            assertEquals(4, r.count(ChipCounter.RX_TID_FLO_DROP));
        }
    }

    @Test
    @Fidelity(50)
    void shouldDropAWrongGenerationSilently() {
        try (Rig r = new Rig(ChipModel.IBA7322)) {
            r.store(TidFlow.entry(GEN, 10));
            r.send(GEN - 1, 10, 0, false);
            r.send(0, 10, 0, false);
            r.noEntry();
            assertEquals(TidFlow.GEN_MISMATCH, r.read() & TidFlow.MISMATCHES);
            assertEquals(2, r.count(ChipCounter.RX_TID_FLO_DROP));
            r.send(GEN, 10, 0, true);
            r.entry(10, 0);
        }
    }

    @Test
    @Fidelity(50)
    void shouldReportEveryWrongGenerationWhereTheRegisterSaysSo() {
        try (Rig r = new Rig(ChipModel.IBA7322)) {
            r.store(TidFlow.entry(GEN, 10) | TidFlow.KEEP_ON_GEN_ERR);
            for (int i = 0; i < 3; i++) {
                r.send(GEN + 1, 10, HDRSUPP, false);
                r.entry(10, Rhf.TFGENERR);
            }
        }
    }

    @Test
    @Fidelity(50)
    void shouldClearMismatchesThatAStoreNamesAndKeepTheOthers() {
        try (Rig r = new Rig(ChipModel.IBA7322)) {
            int plain = TidFlow.entry(GEN, 10) & ~TidFlow.MISMATCHES;
            r.store(plain);
            r.send(GEN, 11, 0, false);
            r.entry(11, Rhf.TFSEQERR);
            r.send(GEN + 1, 11, 0, false);
            assertEquals(TidFlow.MISMATCHES, r.read() & TidFlow.MISMATCHES);
            r.store(plain);
            r.send(GEN, 10, 0, true);
            r.entry(10, 0);
            assertEquals(TidFlow.MISMATCHES, r.read() & TidFlow.MISMATCHES, "named none");
            r.store(plain | TidFlow.GEN_MISMATCH);
            assertEquals(0, r.read() & TidFlow.GEN_MISMATCH, "reads as cleared at once");
            r.send(GEN, 10, 0, true);
            r.entry(10, 0);
            assertEquals(TidFlow.SEQ_MISMATCH, r.read() & TidFlow.MISMATCHES);
            r.store(plain | TidFlow.SEQ_MISMATCH);
            r.send(GEN, 10, 0, true);
            r.entry(10, 0);
            assertEquals(0, r.read() & TidFlow.MISMATCHES);
        }
    }

    @Test
    void shouldCheckNothingAndSuppressNothingOfAFlowThatIsNotValid() {
        try (Rig r = new Rig(ChipModel.IBA7322)) {
            r.send(GEN, 77, HDRSUPP, true);
            r.entry(77, 0);
            r.store(TidFlow.entry(GEN, 10));
            r.send(GEN, 10, HDRSUPP, true);
            r.noEntry();
            r.store(TidFlow.reset());
            r.send(GEN - 9, 3, HDRSUPP, true);
            r.entry(3, 0);
            assertEquals(0, r.read(), "the chip counts nothing up in it");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    @Fidelity(51)
    void shouldSuppressTheEntryOnlyIfPacketAndRegisterSaySo(int which) {
        boolean packet = (which & 1) != 0;
        boolean register = (which & 2) != 0;
        try (Rig r = new Rig(ChipModel.IBA7322)) {
            int word = TidFlow.entry(GEN, 10);
            r.store(register ? word : word & ~TidFlow.HDR_SUPP);
            r.send(GEN, 10, packet ? HDRSUPP : 0, true);
            if (packet && register) {
                r.noEntry();
            } else {
                r.entry(10, 0);
            }
            assertEquals(packet && register ? 1 : 0, r.count(ChipCounter.RX_HDR_SUPP));
            assertEquals(11, TidFlow.sequence(r.read()));
        }
    }

    @Test
    @Fidelity({51, 54})
    void shouldInterruptForAnUrgentPacketWithoutAnEntryAndForNoOther() {
        try (Rig r = new Rig(ChipModel.IBA7322)) {
            r.store(TidFlow.entry(GEN, 0));
            r.chip.armInterrupt(TO, false);
            r.send(GEN, 0, HDRSUPP, true);
            assertEquals(0, r.rig.events.get(0).interrupts.size());
            r.send(GEN, 1, HDRSUPP | IpathHeader.INTR, true);
            assertEquals(1, r.rig.events.get(0).interrupts.size());
            assertEquals(1, r.chip.urgentCount(TO));
            r.noEntry();
        }
    }

    @Test
    @Fidelity(51)
    void shouldWriteAnEntryForEvery16thPacketAndTheLastOfALongTransfer() {
        int pageCount = 32;
        try (ChipRig rig = new ChipRig(ChipModel.IBA7322, 1, 1)) {
            Chip chip = rig.chips.get(0);
            FakeUser from = rig.open(0, FROM, TriggerMode.INLINE);
            FakeUser to = rig.open(0, TO, TriggerMode.INLINE);
            PinnedPages pages = new PinnedPages(pageCount, rig.arena);
            for (int page = 0; page < pageCount; page++) {
                chip.setTid(TO, 100 + page, pages.page(page));
            }
            TidFlow.put(to.memory.userRegisters(), FLOW, TidFlow.entry(1, 2040));
            int last = 2 * pageCount - 1;
            int entries = 0;
            for (int i = 0; i <= last; i++) {
                byte[] payload = FakeUser.bytes(2048, i);
                pages.expect(i / 2, i % 2 * 2048, payload);
                boolean entry = (i + 1) % 16 == 0 || i == last;
                int psn = ExpectedPsn.plus(ExpectedPsn.of(FLOW, 1, 2040), i);
                int tid = 100 + i / 2;
                int flags = entry ? 0 : HDRSUPP;
                assertTrue(from.sendExpected(1, TO, tid, i % 2 * 2048, psn, flags, i, payload));
                rig.settle();
                chip.forceAvailUpdate();
                FakeUser.Entry seen = to.receive();
                assertEquals(entry, seen != null, "entry of packet " + i);
                entries += entry ? 1 : 0;
            }
            assertEquals(4, entries);
            pages.check("128 KiB");
            assertEquals(last + 1 - entries, chip.counter(ChipCounter.RX_HDR_SUPP));
        }
    }

    @Test
    @Fidelity({48, 51})
    void shouldWriteAnEntryForAnyOtherErrorAlthoughSuppressionWasAsked() {
        try (Rig r = new Rig(ChipModel.IBA7322)) {
            r.store(TidFlow.entry(GEN, 10));
            r.send(TID + 1, GEN, 10, HDRSUPP, false);
            r.entry(10, Rhf.TIDERR);
            assertEquals(10, TidFlow.sequence(r.read()), "what was lost can be sent again");
            r.chip.setTid(TO, TID + 1, (offset, from, fromOffset, bytes) -> false);
            r.send(TID + 1, GEN, 10, HDRSUPP, false);
            r.entry(10, Rhf.TIDERR);
            assertEquals(1, r.count(ChipCounter.RX_TID_STORE));
            int psn = ExpectedPsn.of(FLOW, GEN, 10);
            byte[] two = FakeUser.bytes(8, 1);
            assertTrue(r.from.sendExpected(1, TO, TID, 4092, psn, HDRSUPP, 10, two));
            r.rig.settle();
            r.entry(10, Rhf.TIDERR | Rhf.LENERR);
            r.pages.check("past the page");
            Packet packet = new Packet();
            r.from.writeExpected(0, 1, TO, TID, 0, psn, HDRSUPP, 10, two);
            packet.header.load(r.from.pio(), r.from.headerOf(0));
            packet.payload(r.from.pio(), 64, 8);
            packet.addRhfErrors(Rhf.ICRCERR);
            r.chip.receive(packet);
            assertEquals(Rhf.ICRCERR, Rhf.errors(r.to.receive().rhf()));
            r.pages.check("wrong CRC");
            assertEquals(10, TidFlow.sequence(r.read()));
            assertEquals(0, r.count(ChipCounter.RX_TID_FLO_DROP));
        }
    }

    @Test
    @Fidelity({29, 51})
    void shouldDropAPacketThatNeedsAnEntryBeforeItHasAnyEffectWhenTheQueueIsFull() {
        try (Rig r = new Rig(SMALL)) {
            r.store(TidFlow.entry(GEN, 0));
            for (int seq = 0; seq < 15; seq++) {
                r.send(GEN, seq, 0, true);
            }
            r.send(GEN, 15, 0, false);
            assertEquals(15, TidFlow.sequence(r.read()));
            r.send(TID + 1, GEN, 15, HDRSUPP, false);
            r.send(GEN, 17, HDRSUPP, false);
            assertEquals(0, r.read() & TidFlow.MISMATCHES, "its entry is still to come");
            assertEquals(3, r.chip.headerQueueFullCount(TO));
            assertEquals(0, r.count(ChipCounter.RX_TID_INVALID));
            assertEquals(0, r.count(ChipCounter.RX_TID_FLO_DROP));

            r.send(GEN, 15, HDRSUPP, true);
            assertEquals(16, TidFlow.sequence(r.read()), "one that needs none is delivered");
            r.send(GEN + 1, 15, 0, false);
            assertEquals(1, r.count(ChipCounter.RX_TID_FLO_DROP), "and dropped as ever");
            assertEquals(3, r.chip.headerQueueFullCount(TO));

            for (int seq = 0; seq < 15; seq++) {
                r.entry(seq, 0);
            }
            r.send(GEN, 18, HDRSUPP, false);
            r.entry(18, Rhf.TFSEQERR);
            r.send(GEN, 16, 0, true);
            r.entry(16, 0);
        }
    }

    @Test
    void shouldCountOneReasonForAPageThatIsGoneWhileTheQueueIsFull() {
        try (Rig r = new Rig(SMALL)) {
            r.store(TidFlow.entry(GEN, 0));
            for (int seq = 0; seq < 15; seq++) {
                r.send(GEN, seq, 0, true);
            }
            r.chip.setTid(TO, TID, (offset, from, fromOffset, bytes) -> false);
            r.send(GEN, 15, HDRSUPP, false);
            assertEquals(1, r.chip.headerQueueFullCount(TO));
            assertEquals(0, r.count(ChipCounter.RX_TID_STORE));
            assertEquals(15, TidFlow.sequence(r.read()));
        }
    }

    @Test
    void shouldKeepAStoreThatTheUserMakesWhileAPacketIsStored() {
        try (Rig r = new Rig(ChipModel.IBA7322)) {
            r.store(TidFlow.entry(GEN, 10));
            r.chip.setTid(
                    TO,
                    TID,
                    (offset, from, fromOffset, bytes) -> {
                        r.store(TidFlow.entry(GEN + 1, 500));
                        return true;
                    });
            r.send(GEN, 10, 0, false);
            r.entry(10, 0);
            assertEquals(TidFlow.entry(GEN + 1, 500), TidFlow.get(r.registers, FLOW));
            r.chip.setTid(TO, TID, r.pages.page(0));
            r.send(GEN, 11, 0, false);
            r.noEntry();
            r.send(GEN + 1, 500, 0, true);
            r.entry(500, 0);
            assertEquals(501, TidFlow.sequence(r.read()));
        }
    }

    @Test
    void shouldShowWhatPacketsWithoutAnEntryCountedUpWithTheNextEntryAndAfterTheDutyCycle() {
        try (Rig r = new Rig(ChipModel.IBA7322)) {
            r.store(TidFlow.entry(GEN, 10));
            int[] seen = new int[4];
            int[] stored = {0};
            r.chip.setTid(
                    TO,
                    TID,
                    (offset, from, fromOffset, bytes) -> {
                        seen[stored[0]++] = TidFlow.sequence(r.read());
                        return true;
                    });
            for (int i = 0; i < 4; i++) {
                int psn = ExpectedPsn.of(FLOW, GEN, 10 + i);
                int flags = i == 1 ? 0 : HDRSUPP;
                assertTrue(r.from.sendExpected(1, TO, TID, 0, psn, flags, i, new byte[8]));
            }
            r.chip.sweep();
            assertEquals(4, stored[0]);
            assertEquals(12, seen[2], "shown with the entry of the packet before");
            assertEquals(14, TidFlow.sequence(r.read()), "shown after the duty cycle");
            r.entry(1, 0);
        }
    }

    @Test
    void shouldPutAStoreBehindThePacketsThatWereDeliveredBeforeItAndNotYetShown() {
        try (Rig r = new Rig(ChipModel.IBA7322)) {
            int other = FLOW + 1;
            r.store(TidFlow.entry(GEN, 10));
            TidFlow.put(r.registers, other, TidFlow.entry(GEN, 70));
            int[] stored = {0};
            r.chip.setTid(
                    TO,
                    TID,
                    (offset, from, fromOffset, bytes) -> {
                        if (++stored[0] == 2) {
                            r.store(TidFlow.entry(GEN + 1, 500));
                        }
                        return true;
                    });
            int[] psns = {
                ExpectedPsn.of(FLOW, GEN, 10),
                ExpectedPsn.of(FLOW, GEN, 11), // while this one is stored, the user stores too
                ExpectedPsn.of(FLOW, GEN, 12),
                ExpectedPsn.of(other, GEN, 70),
                ExpectedPsn.of(FLOW, GEN + 1, 500)
            };
            for (int psn : psns) {
                assertTrue(r.from.sendExpected(1, TO, TID, 0, psn, HDRSUPP, 0, new byte[8]));
            }
            r.rig.settle();
            assertEquals(4, stored[0], "all but the third");
            assertEquals(1, r.count(ChipCounter.RX_TID_FLO_DROP));
            assertEquals(GEN + 1, TidFlow.generation(r.read()));
            assertEquals(501, TidFlow.sequence(r.read()));
            assertEquals(71, TidFlow.sequence(TidFlow.get(r.registers, other)));
            assertEquals(TidFlow.GEN_MISMATCH, r.read() & TidFlow.MISMATCHES);
        }
    }

    /** A user that stores all the time costs packets of its own, never the chip's time. */
    @Test
    void shouldNotLoopWithAUserThatKeepsStoring() throws InterruptedException {
        try (Arena shared = Arena.ofShared();
                Rig r = new Rig(SMALL)) {
            MemorySegment registers = shared.allocate(2 * UserRegisters.PAGE_BYTES, 4096);
            ContextMemory m = r.to.memory;
            r.chip.closeContext(TO);
            r.chip.openContext(
                    TO, new ContextMemory(registers, m.rcvHdrq(), m.rcvEgrBuffers(), null));
            r.chip.enableReceive(TO);
            r.chip.setTid(TO, TID, r.pages.page(0));
            TidFlow.put(registers, FLOW, TidFlow.entry(GEN, 0));
            AtomicBoolean stop = new AtomicBoolean();
            Thread storing =
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int seq = 0; !stop.get(); seq++) {
                                    int word = TidFlow.entry(GEN, seq & 2047);
                                    TidFlow.put(registers, FLOW, word);
                                }
                            });
            int packets = 20_000;
            try {
                for (int i = 0; i < packets; i++) {
                    UserRegisters.RCVHDRHEAD.put(
                            registers, UserRegisters.RCVHDRTAIL.get(registers));
                    r.chip.forceAvailUpdate();
                    int psn = ExpectedPsn.of(FLOW, GEN, i & 2047);
                    byte[] payload = FakeUser.bytes(8, 1);
                    assertTrue(r.from.sendExpected(1, TO, TID, 0, psn, HDRSUPP, i, payload));
                    r.rig.settle();
                }
            } finally {
                stop.set(true);
                storing.join();
            }
            long suppressed = r.count(ChipCounter.RX_HDR_SUPP);
            long dropped = r.count(ChipCounter.RX_TID_FLO_DROP);
            assertEquals(packets, suppressed + dropped);
        }
    }

    @Test
    void shouldAdoptAStoreOnceAndGiveUpAfterAFew() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment registers = arena.allocate(2 * UserRegisters.PAGE_BYTES, 4096);
            int[] adopted = {0};
            int[] storesLeft = {0};
            TidFlows flows =
                    new TidFlows(registers, 32, () -> adopted[0]++) {
                        @Override
                        int load(int flow) {
                            int word = super.load(flow);
                            if (storesLeft[0]-- > 0) {
                                TidFlow.put(registers, flow, TidFlow.entry(GEN, storesLeft[0]));
                            }
                            return word;
                        }
                    };
            flows.reset();
            assertEquals(TidFlow.CHIP, flows.read(FLOW));
            for (int stores = 1; stores <= TidFlows.TRIES + 1; stores++) {
                TidFlow.put(registers, FLOW, TidFlow.entry(GEN, 99));
                storesLeft[0] = stores;
                int word = flows.read(FLOW);
                if (stores < TidFlows.TRIES) {
                    int last = TidFlow.entry(GEN, 0) & ~TidFlow.MISMATCHES | TidFlow.CHIP;
                    assertEquals(last, word, "the youngest of " + stores + " stores");
                    assertEquals(stores, adopted[0]);
                    assertEquals(last, TidFlow.get(registers, FLOW));
                    assertEquals(last, flows.read(FLOW), "and no more after it");
                } else {
                    assertEquals(TidFlows.UNSTEADY, word);
                }
            }
            storesLeft[0] = 0;
            int last = TidFlow.entry(GEN, 0) & ~TidFlow.MISMATCHES | TidFlow.CHIP;
            assertEquals(last, flows.read(FLOW), "steady again");
        }
    }

    @Test
    void shouldAdoptAWordThatTheUserMarkedAsTheChips() {
        try (Rig r = new Rig(ChipModel.IBA7322)) {
            r.store(TidFlow.entry(GEN, 10) | TidFlow.CHIP | 0x6780_0000);
            r.send(GEN, 10, 0, true);
            r.entry(10, 0);
            int word = TidFlow.get(r.registers, FLOW);
            int bits = TidFlow.VALID | TidFlow.HDR_SUPP | TidFlow.CHIP | GEN << 11 | 11;
            assertEquals(bits, word, "reserved bits are not kept");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"disable", "enable", "close"})
    @Fidelity(50)
    void shouldClearAllFlowsWhenReceptionStopsOrStarts(String what) {
        try (Rig r = new Rig(ChipModel.IBA7322)) {
            for (int flow = 0; flow < 32; flow++) {
                TidFlow.put(r.registers, flow, TidFlow.entry(GEN, flow));
            }
            r.send(GEN, 99, 0, false);
            assertTrue((r.read() & TidFlow.SEQ_MISMATCH) != 0);
            switch (what) {
                case "disable" -> r.chip.disableReceive(TO);
                case "enable" -> r.chip.enableReceive(TO);
                default -> r.chip.closeContext(TO);
            }
            for (int flow = 0; flow < 32; flow++) {
                assertEquals(0, TidFlow.asRead(TidFlow.get(r.registers, flow)), "flow " + flow);
            }
        }
    }

    @Test
    void shouldShowReadOnlyRegistersAgainThatAUserStoredTo() {
        try (Rig r = new Rig(ChipModel.IBA7322)) {
            MemorySegment registers = r.registers;
            assertTrue(r.from.send(1, TO, 1, FakeUser.bytes(64, 1)));
            r.rig.settle();
            assertEquals(1, UserRegisters.RCVEGRINDEXTAIL.get(registers));
            r.store(TidFlow.entry(GEN, 0));
            UserRegisters.RCVEGRINDEXTAIL.put(registers, 0); // the library's spacer
            r.send(GEN, 0, HDRSUPP, true);
            assertEquals(1, UserRegisters.RCVEGRINDEXTAIL.get(registers), "adopted");
            UserRegisters.RCVEGRINDEXTAIL.put(registers, 0);
            UserRegisters.RCVHDRTAIL.put(registers, 12345);
            r.send(GEN, 1, 0, true);
            assertEquals(1, UserRegisters.RCVEGRINDEXTAIL.get(registers), "with an entry");
            assertEquals(64, UserRegisters.RCVHDRTAIL.get(registers));
        }
    }

    @Test
    void shouldCheckNoFlowBeyondTheModels() {
        try (Rig r = new Rig(ChipModel.IBA7322.toBuilder().tidFlows(FLOW).build())) {
            r.store(TidFlow.entry(GEN, 10));
            r.send(GEN, 99, HDRSUPP, true);
            r.entry(99, 0);
            assertEquals(TidFlow.entry(GEN, 10), TidFlow.get(r.registers, FLOW), "not looked at");
        }
    }

    @Test
    void shouldNotReadThePsnOnAChipWithoutFlows() {
        try (ChipRig rig = new ChipRig(ChipModel.IBA7220, 1, 1)) {
            FakeUser from = rig.open(0, 1, TriggerMode.INLINE);
            FakeUser to = rig.open(0, 2, TriggerMode.INLINE);
            PinnedPages pages = new PinnedPages(1, rig.arena);
            rig.chips.get(0).setTid(2, TID, pages.page(0));
            byte[] payload = FakeUser.bytes(8, 1);
            pages.expect(0, 0, payload);
            assertTrue(from.sendExpected(1, 2, TID, 0, 0xFFFFFF, HDRSUPP, 1, payload));
            rig.settle();
            assertTrue(to.receive().good());
            pages.check("stored");
        }
    }

    @Test
    void shouldShowFlowsThatAreInUseAmongTheRegisters() {
        try (Rig r = new Rig(ChipModel.IBA7322)) {
            assertEquals(0, flowRegisters(r).length);
            r.store(TidFlow.entry(GEN, 10));
            r.send(GEN, 10, HDRSUPP, true);
            RegisterValue[] shown = flowRegisters(r);
            assertEquals(1, shown.length);
            assertEquals("RcvTIDFlow" + FLOW, shown[0].name());
            assertEquals(TO, shown[0].context());
            assertEquals(r.read(), shown[0].value());
        }
    }

    private static RegisterValue[] flowRegisters(Rig r) {
        return r.chip.registers().stream()
                .filter(each -> each.name().startsWith("RcvTIDFlow"))
                .toArray(RegisterValue[]::new);
    }

    @Test
    void shouldFindNoCableAtTheSecondPort() {
        try (Rig r = new Rig(ChipModel.IBA7322)) {
            int buffer = r.from.takeBuffer();
            r.from.write(buffer, 1, TO, 1, new byte[0]);
            r.from.launch(buffer, Pbc.PORT.set(Pbc.ofPayload(0), 1));
            r.rig.settle();
            r.noEntry();
            assertEquals(1, r.count(ChipCounter.TX_NO_ROUTE));
            assertEquals(0, r.count(ChipCounter.TX_PKT));
            r.chip.forceAvailUpdate();
            assertEquals(0, r.from.shownAvail(buffer) & 2, "the buffer is free");
        }
        try (ChipRig rig = new ChipRig(ChipModel.IBA7220, 1, 1)) {
            FakeUser user = rig.open(0, 1, TriggerMode.INLINE);
            int buffer = user.takeBuffer();
            user.write(buffer, 1, 1, 1, new byte[0]);
            user.launch(buffer, Pbc.PORT.set(Pbc.ofPayload(0), 1));
            rig.settle();
            assertEquals(1, user.receive().data0(), "one port: the bit is reserved");
            assertEquals(
                    0,
                    user.memory.userRegisters().get(ValueLayout.JAVA_INT, 16),
                    "no eager buffer used");
        }
    }
}

package io.softpath.daemon.chip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.Rhf;
import io.softpath.abi.register.ChipCounter;
import io.softpath.abi.register.ErrorStatus;
import io.softpath.abi.register.UserRegisters;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** Expected packets into pages that the test has pinned, with canaries around each. */
class ExpectedReceiveTest {
    private static final int FROM = 2;
    private static final int TO = 3;

    static List<ChipModel> models() {
        return ChipModel.ALL;
    }

    /** One chip, a sender, a receiver and pages to receive into. */
    private static final class Rig implements AutoCloseable {
        final ChipRig rig;
        final Chip chip;
        final FakeUser from;
        final FakeUser to;
        final PinnedPages pages;

        Rig(ChipModel model) {
            rig = new ChipRig(model, 1, 1);
            chip = rig.chips.get(0);
            from = rig.open(0, FROM, TriggerMode.INLINE);
            to = rig.open(0, TO, TriggerMode.INLINE);
            pages = new PinnedPages(4, rig.arena);
        }

        /** Sends one packet; null when it left no entry. */
        FakeUser.Entry send(int tid, int offsetBytes, byte[] payload) {
            chip.forceAvailUpdate();
            assertTrue(from.sendExpected(1, TO, tid, offsetBytes, 0, 0, tid, payload));
            rig.settle();
            FakeUser.Entry entry = to.receive();
            assertNull(to.receive(), "more than one entry");
            to.updateHeads();
            return entry;
        }

        void assertDropped(FakeUser.Entry entry, long errors, ChipCounter reason) {
            assertNotNull(entry);
            assertEquals(Rhf.errorNames(errors), Rhf.errorNames(entry.rhf()));
            assertEquals(Rhf.TYPE_EXPECTED, Rhf.rcvType(entry.rhf()));
            assertEquals(1, chip.counter(reason), reason.label());
            for (ChipCounter each :
                    List.of(
                            ChipCounter.RX_TID_INVALID,
                            ChipCounter.RX_TID_BOUNDS,
                            ChipCounter.RX_TID_STORE)) {
                assertEquals(each == reason ? 1 : 0, chip.counter(each), each.label());
            }
            pages.check("dropped");
        }

        @Override
        public void close() {
            rig.close();
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    @Fidelity({32, 47})
    void shouldStoreThePayloadAtPageAndOffsetAndNothingBesideIt(ChipModel model) {
        try (Rig r = new Rig(model)) {
            int[] tids = {0, 1, 100, model.tidCount() - 1};
            for (int i = 0; i < tids.length; i++) {
                r.chip.setTid(TO, tids[i], r.pages.page(i));
            }
            int round = 0;
            for (int bytes : new int[] {4, 8, 60, 64, 2044, 2048}) {
                for (int offset : new int[] {0, 4, 1028, 4096 - bytes}) {
                    for (int i = 0; i < tids.length; i++) {
                        byte[] payload = FakeUser.bytes(bytes, ++round);
                        if (offset + bytes <= 4096) {
                            r.pages.expect(i, offset, payload);
                            FakeUser.Entry entry = r.send(tids[i], offset, payload);
                            assertTrue(entry.good());
                            assertEquals(Rhf.TYPE_EXPECTED, Rhf.rcvType(entry.rhf()));
                            assertEquals((56 + bytes) / 4 + 1, Rhf.lengthDwords(entry.rhf()));
                            assertFalse(Rhf.usesEgrBuffer(entry.rhf()));
                            assertEquals(tids[i], IpathHeader.tid(entry.header().vcto()));
                            r.pages.check("tid " + tids[i] + " offset " + offset);
                        }
                    }
                }
            }
            assertEquals(
                    0,
                    UserRegisters.RCVEGRINDEXTAIL.get(r.to.memory.userRegisters()),
                    "no eager buffer is used up");
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    @Fidelity(48)
    void shouldWriteNothingForATidThatIsNotValid(ChipModel model) {
        for (int tid : new int[] {0, 7, model.tidCount() - 1, model.tidCount(), 0x7FE}) {
            try (Rig r = new Rig(model)) {
                r.chip.setTid(TO, 8, r.pages.page(0));
                r.chip.setTid(FROM, 7, r.pages.page(1));
                FakeUser.Entry entry = r.send(tid, 0, FakeUser.bytes(64, 1));
                r.assertDropped(entry, Rhf.TIDERR, ChipCounter.RX_TID_INVALID);
                assertEquals(
                        ErrorStatus.RCV_BAD_TID,
                        r.rig.events.get(0).errors & ErrorStatus.RCV_BAD_TID);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    @Fidelity(48)
    void shouldWriteNothingAfterATidIsCleared(ChipModel model) {
        try (Rig r = new Rig(model)) {
            r.chip.setTid(TO, 8, r.pages.page(0));
            byte[] payload = FakeUser.bytes(256, 1);
            r.pages.expect(0, 0, payload);
            assertTrue(r.send(8, 0, payload).good());
            assertTrue(r.chip.tidValid(TO, 8));
            r.chip.clearTid(TO, 8);
            r.chip.clearTid(TO, 8);
            assertFalse(r.chip.tidValid(TO, 8));
            FakeUser.Entry entry = r.send(8, 0, FakeUser.bytes(256, 2));
            r.assertDropped(entry, Rhf.TIDERR, ChipCounter.RX_TID_INVALID);
        }
    }

    @ParameterizedTest
    @CsvSource({"4096,4", "4092,8", "2052,2048", "2048,2052", "32764,4", "8192,4", "0,4100"})
    @Fidelity({47, 48})
    void shouldWriteNothingIfTheWholePayloadDoesNotFitThePage(int offset, int bytes) {
        ChipModel model = ChipModel.IBA7220.toBuilder().egrBufferBytes(4096).build();
        // More than a send buffer holds: by hand to the receive engine.
        try (Rig r = new Rig(model)) {
            for (int page = 0; page < 4; page++) {
                r.chip.setTid(TO, page, r.pages.page(page));
            }
            Packet packet = new Packet();
            r.from.writeExpected(0, 1, TO, 1, offset, 0, 0, 1, new byte[0]);
            packet.header.load(r.from.pio(), r.from.headerOf(0));
            packet.header.rewrite((56 + bytes) / 4 + 1, 0, packet.header.vcto(), 0);
            packet.payload(r.rig.arena.allocate(bytes, 8), 0, bytes);
            assertEquals(Wire.Outcome.SENT, r.chip.receive(packet));
            FakeUser.Entry entry = r.to.receive();
            if (bytes > model.mtuBytes()) {
                assertEquals(Rhf.TYPE_ERROR, Rhf.rcvType(entry.rhf()));
                assertEquals(Rhf.MTUERR, Rhf.errors(entry.rhf()));
                assertEquals(1, r.chip.counter(ChipCounter.RX_INVAL_LEN));
                r.pages.check("above the MTU");
            } else {
                r.assertDropped(entry, Rhf.TIDERR | Rhf.LENERR, ChipCounter.RX_TID_BOUNDS);
            }
        }
    }

    @Test
    @Fidelity(47)
    void shouldFillAWholePageWhereTheMtuAllowsIt() {
        ChipModel model = ChipModel.IBA7322.toBuilder().egrBufferBytes(4096).build();
        try (Rig r = new Rig(model)) {
            r.chip.setTid(TO, 5, r.pages.page(2));
            byte[] payload = FakeUser.bytes(4096, 9);
            r.pages.expect(2, 0, payload);
            Packet packet = new Packet();
            r.from.writeExpected(0, 1, TO, 5, 0, 0, 0, 1, new byte[0]);
            packet.header.load(r.from.pio(), r.from.headerOf(0));
            packet.header.rewrite((56 + 4096) / 4 + 1, 0, packet.header.vcto(), 0);
            MemorySegment memory = r.rig.arena.allocate(4096, 8);
            memory.copyFrom(MemorySegment.ofArray(payload));
            packet.payload(memory, 0, 4096);
            assertEquals(Wire.Outcome.SENT, r.chip.receive(packet));
            assertTrue(r.to.receive().good());
            r.pages.check("a full page");
        }
    }

    @Test
    void shouldLeaveAPayloadAboveTheMtuToTheMtuError() {
        try (Rig r = new Rig(ChipModel.IBA7220)) {
            r.chip.setTid(TO, 1, r.pages.page(0));
            FakeUser.Entry entry = r.send(1, 0, FakeUser.bytes(2052, 1));
            assertEquals(Rhf.TYPE_ERROR, Rhf.rcvType(entry.rhf()));
            assertEquals(Rhf.MTUERR, Rhf.errors(entry.rhf()));
            r.pages.check("above the MTU");
        }
    }

    @Test
    void shouldSayWhenThePageIsGone() {
        try (Rig r = new Rig(ChipModel.IBA7220)) {
            r.chip.setTid(TO, 1, (offset, from, fromOffset, bytes) -> false);
            FakeUser.Entry entry = r.send(1, 0, FakeUser.bytes(8, 1));
            r.assertDropped(entry, Rhf.TIDERR, ChipCounter.RX_TID_STORE);
        }
    }

    @Test
    void shouldDeliverAPacketWithoutPayloadAsAnEntryAlone() {
        try (Rig r = new Rig(ChipModel.IBA7220)) {
            r.chip.setTid(TO, 1, r.pages.page(0));
            FakeUser.Entry entry = r.send(1, 4096, new byte[0]);
            assertTrue(entry.good());
            assertEquals(Rhf.TYPE_EXPECTED, Rhf.rcvType(entry.rhf()));
            r.pages.check("no payload");
        }
    }

    @Test
    @Fidelity({47, 48})
    void shouldPointATidAtAnotherPageWhenItIsSetAgain() {
        try (Rig r = new Rig(ChipModel.IBA7220)) {
            r.chip.setTid(TO, 1, r.pages.page(0));
            r.chip.setTid(TO, 1, r.pages.page(1));
            byte[] payload = FakeUser.bytes(64, 3);
            r.pages.expect(1, 128, payload);
            assertTrue(r.send(1, 128, payload).good());
            r.pages.check("the second page");
            assertEquals(1, tidsInUse(r.chip, TO));
            r.chip.clearTid(TO, 1);
            assertEquals(0, tidsInUse(r.chip, TO));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Fidelity({48, 57})
    void shouldForgetAllTidsWhenTheContextClosesAndNoneWhenItIsDisabled(boolean close) {
        try (Rig r = new Rig(ChipModel.IBA7220)) {
            for (int tid = 0; tid < 4; tid++) {
                r.chip.setTid(TO, tid, r.pages.page(tid));
            }
            if (close) {
                r.chip.closeContext(TO);
                assertFalse(r.chip.tidValid(TO, 0));
                FakeUser next = r.rig.open(0, TO, TriggerMode.INLINE);
                for (int tid = 0; tid < 4; tid++) {
                    assertFalse(r.chip.tidValid(TO, tid));
                    assertTrue(
                            r.from.sendExpected(1, TO, tid, 0, 0, 0, 0, FakeUser.bytes(64, tid)));
                    r.rig.settle();
                    assertEquals(Rhf.TIDERR, Rhf.errors(next.receive().rhf()));
                }
                r.pages.check("pages of the one before");
            } else {
                r.chip.disableReceive(TO);
                assertNull(r.send(1, 0, FakeUser.bytes(64, 1)));
                r.pages.check("disabled");
                assertEquals(1, r.chip.counter(ChipCounter.RX_PKT_DROPPED));
                r.chip.enableReceive(TO);
                byte[] payload = FakeUser.bytes(64, 2);
                r.pages.expect(1, 0, payload);
                assertTrue(r.send(1, 0, payload).good());
                r.pages.check("enabled again");
            }
        }
    }

    @Test
    void shouldRefuseTidsAndPagesThatCannotBe() {
        try (Rig r = new Rig(ChipModel.IBA7220)) {
            UserPage page = r.pages.page(0);
            for (int tid : new int[] {-1, 512, 0x7FF}) {
                assertThrows(IllegalArgumentException.class, () -> r.chip.setTid(TO, tid, page));
                assertThrows(IllegalArgumentException.class, () -> r.chip.clearTid(TO, tid));
                assertFalse(r.chip.tidValid(TO, tid));
            }
            assertThrows(IllegalStateException.class, () -> r.chip.setTid(9, 1, page));
            assertThrows(IllegalStateException.class, () -> r.chip.clearTid(9, 1));
            assertThrows(NullPointerException.class, () -> r.chip.setTid(TO, 1, null));
            assertEquals(0, tidsInUse(r.chip, TO));
            MemorySegment two = r.rig.arena.allocate(8192, 4096);
            for (long start : new long[] {-1, 4097, 8192, Long.MIN_VALUE}) {
                assertThrows(IllegalArgumentException.class, () -> UserPage.of(two, start));
            }
            MemorySegment readOnly = two.asReadOnly();
            assertThrows(IllegalArgumentException.class, () -> UserPage.of(readOnly, 0));
        }
    }

    private static long tidsInUse(Chip chip, int context) {
        return chip.registers().stream()
                .filter(r -> r.context() == context && r.name().equals("RcvTIDValid"))
                .mapToLong(RegisterValue::value)
                .sum();
    }
}

package io.softpath.driver.receive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.softpath.abi.Fidelity;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.AckWord;
import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.Lrh;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.Rhf;
import io.softpath.abi.region.RegionKind;
import io.softpath.abi.register.UserRegisters;
import io.softpath.driver.FakeChip;
import io.softpath.driver.LaunchMode;
import io.softpath.driver.PacketHandler;
import io.softpath.driver.ReceivedPacket;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

class RcvHdrqReaderTest {
    private static final int CONTEXT = 4;
    private static final MemorySegment NOTHING = MemorySegment.NULL;
    private static final ChipModel SMALL =
            ChipModel.IBA7220.toBuilder().egrCount(64).rcvHdrCount(128).build();
    private static final ChipModel SMALL_6120 =
            ChipModel.IBA6120.toBuilder().egrCount(64).rcvHdrCount(128).build();

    private final List<FakeChip> chips = new ArrayList<>();

    @AfterEach
    void close() {
        chips.forEach(FakeChip::close);
    }

    @Test
    void shouldHandOverWhatWasSent() {
        FakeChip chip = chip(ChipModel.IBA7220);
        RcvHdrqReader reader = new RcvHdrqReader(chip.receiveSetup());
        assertFalse(reader.ready());
        chip.receive(header(5, 3), payload(5), 0);
        assertTrue(reader.ready());
        List<String> seen = new ArrayList<>();
        PacketHandler handler =
                packet -> {
                    seen.add(packet.sourceLid() + ":" + packet.sourceContext());
                    seen.add("psn " + packet.psn() + " op " + packet.subOpcode());
                    seen.add(packet.data0() + " " + packet.data1());
                    assertArrayEquals(payload(5).toArray(ValueLayout.JAVA_BYTE), packet.payload());
                    assertEquals("2:7", packet.source().toString());
                };
        assertEquals(1, reader.receive(handler, 10));
        assertEquals(List.of("2:7", "psn 3 op 17", "8 9"), seen);
        assertEquals(0, reader.receive(handler, 10));
        assertEquals(1, reader.counters().packets());
        assertEquals(5, reader.counters().bytes());
    }

    @Test
    void shouldCopyThePayloadWhereverItIsWanted() {
        FakeChip chip = chip(ChipModel.IBA7220);
        RcvHdrqReader reader = new RcvHdrqReader(chip.receiveSetup());
        chip.receive(header(6, 0), payload(6), 0);
        ByteBuffer direct = ByteBuffer.allocateDirect(16).position(2);
        byte[] array = new byte[8];
        reader.receive(
                packet -> {
                    assertEquals(6, packet.copyPayloadTo(direct));
                    assertEquals(6, packet.copyPayloadTo(array, 1));
                    assertThrows(
                            IndexOutOfBoundsException.class,
                            () -> packet.copyPayloadTo(new byte[5], 0));
                },
                1);
        assertEquals(8, direct.position());
        assertEquals(direct.get(7), array[6]);
        assertEquals(payload(6).get(ValueLayout.JAVA_BYTE, 5), array[6]);
    }

    @Test
    void shouldRefuseToBeCalledByAHandlerAndSkipNothing() {
        FakeChip chip = chip(ChipModel.IBA7220);
        RcvHdrqReader reader = new RcvHdrqReader(chip.receiveSetup());
        for (int psn = 0; psn < 3; psn++) {
            chip.receive(header(0, psn), payload(0), 0);
        }
        List<Integer> psns = new ArrayList<>();
        PacketHandler careless =
                packet -> {
                    psns.add(packet.psn());
                    reader.receive(inner -> psns.add(-1), 1);
                };
        for (int i = 0; i < 3; i++) {
            SoftpathException refused =
                    assertThrows(
                            SoftpathException.Refused.class, () -> reader.receive(careless, 10));
            assertEquals(Errno.EDEADLK, refused.errno());
        }
        assertEquals(List.of(0, 1, 2), psns);
        assertFalse(reader.ready());
    }

    @Test
    void shouldSkipAPacketWhoseSenderTheChipDidNotCheck() {
        FakeChip chip = chip(ChipModel.IBA7220);
        RcvHdrqReader reader = new RcvHdrqReader(chip.receiveSetup());
        MemorySegment forged = header(0, 0);
        MessageHeader.putBth0(forged, 0, Bth.bth0(Bth.OPCODE_PSM + 1, 0, Bth.DEFAULT_PKEY));
        chip.receive(forged, payload(0), 0);
        assertEquals(1, reader.receive(packet -> fail("from " + packet.source()), 10));
        assertEquals(0, reader.counters().packets());
    }

    @Test
    @Fidelity(30)
    void shouldReadEachEntryOnceOverManyLapsBySequence() {
        readManyLaps(chip(SMALL));
    }

    @Test
    @Fidelity(31)
    void shouldReadEachEntryOnceOverManyLapsByTheTailInMemory() {
        readManyLaps(chip(SMALL_6120));
    }

    private static void readManyLaps(FakeChip chip) {
        RcvHdrqReader reader = new RcvHdrqReader(chip.receiveSetup());
        List<Integer> psns = new ArrayList<>();
        int sent = 0;
        for (int burst = 1; sent < 5000; burst = burst % 40 + 1) {
            for (int i = 0; i < burst; i++) {
                chip.receive(header(4, sent++), payload(4), 0);
            }
            assertEquals(burst, reader.receive(packet -> psns.add(packet.psn()), 1000));
            assertEquals(0, reader.receive(packet -> psns.add(packet.psn()), 1000));
        }
        for (int i = 0; i < psns.size(); i++) {
            assertEquals(i, psns.get(i));
        }
        assertEquals(sent, psns.size());
    }

    @Test
    @Fidelity(31)
    void shouldIgnoreTheSequenceWhereTheTailIsInMemory() {
        FakeChip chip = chip(SMALL_6120);
        RcvHdrqReader reader = new RcvHdrqReader(chip.receiveSetup());
        chip.receiveEntry(header(0, 0), Rhf.of(15, Rhf.TYPE_EAGER, 0, false, 9, 0, 0));
        assertEquals(1, reader.receive(packet -> {}, 10));
    }

    @Test
    @Fidelity(35)
    void shouldWriteTheHeadsEverySixteenEntriesAndWhenAsked() {
        FakeChip chip = chip(SMALL);
        RcvHdrqReader reader = new RcvHdrqReader(chip.receiveSetup());
        for (int i = 0; i < 20; i++) {
            chip.receive(header(4, i), payload(4), 0);
        }
        reader.receive(packet -> {}, 15);
        assertEquals(0, chip.head());
        assertEquals(0, chip.eagerHead());
        reader.receive(packet -> {}, 1);
        assertEquals(16 * SMALL.rcvHdrEntDwords(), chip.head());
        assertEquals(15, chip.eagerHead());
        reader.receive(packet -> {}, 100);
        assertEquals(16 * SMALL.rcvHdrEntDwords(), chip.head());
        reader.flushHeads();
        assertEquals(20 * SMALL.rcvHdrEntDwords(), chip.head());
        assertEquals(19, chip.eagerHead());
    }

    @Test
    void shouldWriteTheHeadsEarlierInASmallQueue() {
        FakeChip chip = chip(ChipModel.IBA7220.toBuilder().egrCount(16).rcvHdrCount(32).build());
        RcvHdrqReader reader = new RcvHdrqReader(chip.receiveSetup());
        for (int i = 0; i < 15; i++) {
            chip.receive(header(4, i), payload(4), 0);
        }
        reader.receive(packet -> {}, 15);
        assertEquals(11, chip.eagerHead());
        assertEquals(12 * chip.baseInfo().rcvhdrentSize(), chip.head());
    }

    @Test
    @Fidelity(35)
    void shouldLeaveTheChipHalfOfItsBuffersHoweverFewTheyAre() {
        for (ChipModel model : List.of(ChipModel.IBA6120, ChipModel.IBA7220)) {
            for (int count : new int[] {2, 3, 4, 5, 8, 16, 17, 63, 64, 200}) {
                FakeChip chip = chip(model.toBuilder().egrCount(count).build());
                RcvHdrqReader reader = new RcvHdrqReader(chip.receiveSetup());
                int burst = count / 2;
                for (int sent = 0; sent < 20 * count; sent += burst) {
                    for (int i = 0; i < burst; i++) {
                        chip.receive(header(4, sent + i), payload(4), 0);
                    }
                    assertEquals(burst, reader.receive(packet -> {}, count));
                    assertEquals(0, overflows(reader), model.name() + " buffers=" + count);
                }
            }
        }
    }

    private static long overflows(RcvHdrqReader reader) {
        return reader.counters().byName().get("rcvhdr overflows");
    }

    @Test
    void shouldLeaveTheChipHalfOfItsHeaderQueueHoweverShortItIs() {
        for (ChipModel model : List.of(ChipModel.IBA6120, ChipModel.IBA7220)) {
            for (int count : new int[] {2, 3, 4, 5, 8, 16, 17, 63, 64, 200}) {
                FakeChip chip = chip(model.toBuilder().rcvHdrCount(count).build());
                RcvHdrqReader reader = new RcvHdrqReader(chip.receiveSetup());
                int burst = count / 2;
                for (int sent = 0; sent < 20 * count; sent += burst) {
                    int waiting =
                            Math.floorMod(sent - chip.head() / model.rcvHdrEntDwords(), count);
                    int room = count - 1 - waiting;
                    assertTrue(room >= burst, "entries=" + count + " room=" + room);
                    for (int i = 0; i < burst; i++) {
                        chip.receive(header(4, sent + i), payload(4), 0);
                    }
                    assertEquals(burst, reader.receive(packet -> {}, count));
                }
            }
        }
    }

    @Test
    void shouldGiveEverythingBackAfterLooksThatFoundNothing() {
        FakeChip chip = chip(SMALL);
        RcvHdrqReader reader = new RcvHdrqReader(chip.receiveSetup());
        lookInVain(reader, RcvHdrqReader.FRUITLESS_LOOKS);
        for (int i = 0; i < 3; i++) {
            chip.receive(header(4, i), payload(4), 0);
            assertEquals(1, reader.receive(packet -> {}, 10));
            lookInVain(reader, RcvHdrqReader.FRUITLESS_LOOKS - 1);
            assertEquals(0, chip.head(), "packet=" + i);
        }
        lookInVain(reader, 1);
        assertEquals(3 * SMALL.rcvHdrEntDwords(), chip.head());
        assertEquals(2, chip.eagerHead());
    }

    private static void lookInVain(RcvHdrqReader reader, int looks) {
        for (int i = 0; i < looks; i++) {
            assertEquals(0, reader.receive(packet -> fail("there is none"), 10));
        }
    }

    @Test
    void shouldGiveEverythingBackOnceTheRingWasFull() {
        FakeChip chip = chip(SMALL.toBuilder().egrCount(70).build());
        RcvHdrqReader reader = new RcvHdrqReader(chip.receiveSetup());
        int sent = 69; // what is free at first
        for (int i = 0; i < sent; i++) {
            chip.receive(header(4, i), payload(4), 0);
        }
        chip.receive(header(4, sent), payload(4), 0);
        assertEquals(sent, reader.receive(packet -> {}, sent));
        assertEquals(63, chip.eagerHead()); // four times 16 of 69
        assertEquals(1, reader.receive(packet -> {}, 10));
        assertEquals(1, overflows(reader));
        assertEquals(sent - 1, chip.eagerHead());
        assertEquals((sent + 1) * SMALL.rcvHdrEntDwords(), chip.head());
    }

    @Test
    @Fidelity(34)
    void shouldGiveBackNoBufferForAPacketWithoutPayload() {
        FakeChip chip = chip(SMALL);
        RcvHdrqReader reader = new RcvHdrqReader(chip.receiveSetup());
        for (int i = 0; i < 32; i++) {
            chip.receive(header(0, i), NOTHING, 0);
        }
        assertEquals(32, reader.receive(packet -> assertEquals(0, packet.payloadLength()), 100));
        assertEquals(0, chip.eagerHead());
        assertEquals(0, chip.eagerTail());
    }

    @Test
    @Fidelity(34)
    void shouldGiveBackABufferForEveryEagerPacketOnOldChips() {
        FakeChip chip = chip(SMALL_6120);
        RcvHdrqReader reader = new RcvHdrqReader(chip.receiveSetup());
        for (int i = 0; i < 32; i++) {
            chip.receive(header(0, i), NOTHING, 0);
        }
        assertEquals(32, reader.receive(packet -> assertEquals(0, packet.payloadLength()), 100));
        assertEquals(31, chip.eagerHead());
    }

    @Test
    @Fidelity({32, 33})
    void shouldHandOverErrorsAsDataAndCountThem() {
        FakeChip chip = chip(SMALL);
        RcvHdrqReader reader = new RcvHdrqReader(chip.receiveSetup());
        chip.receive(header(4, 0), payload(4), Rhf.KHDRERR);
        chip.receive(header(4, 1), payload(4), Rhf.ICRCERR | Rhf.LENERR);
        chip.receiveEntry(
                header(8, 2), Rhf.of(17, Rhf.TYPE_EAGER, 2, false, chip.seq(), 16, Rhf.TIDERR));
        Errors errors = new Errors();
        assertEquals(3, reader.receive(errors, 10));
        assertEquals(List.of(Rhf.KHDRERR, Rhf.ICRCERR | Rhf.LENERR, Rhf.TIDERR), errors.bits);
        assertEquals(1, reader.counters().byName().get("KDETH error"));
        assertEquals(1, reader.counters().byName().get("Invariant CRC error"));
        assertEquals(1, reader.counters().byName().get("IB Len error"));
        assertEquals(1, reader.counters().byName().get("rcvhdr overflows"));
        assertEquals(0, reader.counters().packets());
    }

    @Test
    @Fidelity(36)
    void shouldRecoverFromAFalseEagerFullAndCountIt() {
        FakeChip chip = chip(SMALL);
        RcvHdrqReader reader = new RcvHdrqReader(chip.receiveSetup());
        int packets = SMALL.egrCount() - 1;
        for (int i = 0; i < packets; i++) {
            chip.receive(header(4, i), payload(4), 0);
        }
        List<Integer> psns = new ArrayList<>();
        Errors handler = new Errors();
        // The reader takes them all but never says that it has finished with a buffer.
        assertEquals(packets, chip.eagerTail());
        reader.receive(packet -> psns.add(packet.psn()), packets);
        reader.flushHeads();
        pretendNothingWasGivenBack(chip);
        chip.receive(header(4, packets), payload(4), 0);
        chip.receive(header(4, packets + 1), payload(4), 0);
        assertEquals(2, reader.receive(handler, 10));
        assertEquals(List.of(Rhf.TIDERR, Rhf.TIDERR), handler.bits);
        assertEquals(chip.eagerTail(), chip.eagerHead());
        assertEquals(1, reader.counters().byName().get("rcveager overflows"));
        chip.receive(header(4, packets + 2), payload(4), 0);
        assertEquals(1, reader.receive(packet -> psns.add(packet.psn()), 10));
        assertEquals(packets + 2, psns.getLast());
    }

    private static void pretendNothingWasGivenBack(FakeChip chip) {
        UserRegisters.RCVEGRINDEXHEAD.put(
                chip.memory(RegionKind.UREGS), (chip.eagerTail() + 1) % SMALL.egrCount());
    }

    @Test
    void shouldThrowWhenASequenceIsImpossible() {
        FakeChip chip = chip(SMALL);
        RcvHdrqReader reader = new RcvHdrqReader(chip.receiveSetup());
        chip.receiveEntry(header(0, 0), Rhf.of(15, Rhf.TYPE_EAGER, 0, false, 14, 16, 0));
        assertInconsistent(reader, "seq=14");
    }

    @Test
    void shouldThrowWhenTheTailIsOutsideTheQueue() {
        FakeChip chip = chip(SMALL_6120);
        RcvHdrqReader reader = new RcvHdrqReader(chip.receiveSetup());
        for (long tail : new long[] {-32, 7, SMALL_6120.rcvHdrRingDwords()}) {
            chip.memory(RegionKind.RCVHDRTAIL).set(ValueLayout.JAVA_LONG, 0, tail);
            assertInconsistent(reader, "tail=" + tail);
        }
    }

    @Test
    void shouldThrowWhenAnEntryPointsOutsideOfIts() {
        FakeChip chip = chip(SMALL);
        RcvHdrqReader reader = new RcvHdrqReader(chip.receiveSetup());
        chip.receiveEntry(header(4, 0), Rhf.of(16, Rhf.TYPE_EAGER, 64, true, 1, 16, 0));
        assertInconsistent(reader, "eager index=64");
        chip.receiveEntry(header(4, 0), Rhf.of(16, Rhf.TYPE_EAGER, 0, true, 2, 19, 0));
        assertInconsistent(reader, "hdrqOffsetDwords=19");
        chip.receiveEntry(header(4, 0), Rhf.of(14, Rhf.TYPE_EAGER, 0, true, 3, 16, 0));
        assertInconsistent(reader, "payloadLength=-4");
    }

    @Test
    void shouldShowExpectedPacketsWithoutAnEagerBuffer() {
        for (ChipModel model : List.of(SMALL, SMALL_6120)) {
            FakeChip chip = chip(model);
            RcvHdrqReader reader = new RcvHdrqReader(chip.receiveSetup());
            MemorySegment page = MemorySegment.ofArray(new byte[4096]);
            chip.tidPage(509, page);
            MemorySegment header = header(2048, 77);
            MessageHeader.putVcto(header, 0, IpathHeader.vcto(2, CONTEXT, 509, 512));
            chip.receiveExpected(header, payload(2048));
            MessageHeader.putVcto(header, 0, IpathHeader.vcto(2, CONTEXT, 509, 513));
            chip.receiveExpected(header, payload(2048)); // past the end of the page
            List<String> seen = new ArrayList<>();
            PacketHandler handler =
                    new PacketHandler() {
                        @Override
                        public void onPacket(ReceivedPacket packet) {
                            seen.add(packet.tid() + " " + packet.tidOffset());
                            seen.add(packet.payloadLength() + " " + packet.psn());
                            assertEquals(Rhf.TYPE_EXPECTED, packet.type());
                            assertEquals(NOTHING, packet.payloadSegment());
                            assertEquals(0, packet.payloadOffset());
                        }

                        @Override
                        public void onError(ReceivedPacket packet) {
                            seen.add(Rhf.errorNames(packet.rhf()) + " " + packet.tidOffset());
                        }
                    };
            assertEquals(2, reader.receive(handler, 10));
            assertEquals(List.of("509 2048", "2048 77", "[TIDERR] 2052"), seen);
            assertEquals(1, reader.counters().packets());
            assertEquals(2048, reader.counters().bytes());
            reader.flushHeads();
            assertEquals(0, chip.eagerHead());
            assertEquals(0, page.asSlice(0, 2048).mismatch(payload(2048)), "bytes in front of it");
            assertEquals(-1, page.asSlice(2048).mismatch(payload(2048)));
        }
    }

    @Test
    void shouldShowErrorsOfTidFlowsAndCountThem() {
        FakeChip chip = chip(SMALL);
        RcvHdrqReader reader = new RcvHdrqReader(chip.receiveSetup());
        for (long error : new long[] {Rhf.TFSEQERR, Rhf.TFGENERR}) {
            chip.receiveEntry(
                    header(4, 0), Rhf.of(16, Rhf.TYPE_EXPECTED, 0, false, chip.seq(), 16, error));
        }
        Errors errors = new Errors();
        assertEquals(2, reader.receive(errors, 10));
        assertEquals(List.of(Rhf.TFSEQERR, Rhf.TFGENERR), errors.bits);
        assertEquals(1, reader.counters().byName().get("TID flow sequence error"));
        assertEquals(1, reader.counters().byName().get("TID flow generation error"));
    }

    @Test
    void shouldThrowWhenAnExpectedPacketIsLongerThanAPage() {
        FakeChip chip = chip(SMALL);
        RcvHdrqReader reader = new RcvHdrqReader(chip.receiveSetup());
        chip.receiveEntry(header(4, 0), Rhf.of(15 + 1025, Rhf.TYPE_EXPECTED, 0, false, 1, 16, 0));
        assertInconsistent(reader, "payloadLength=4100 bound=4096");
    }

    /** The padding is the sender's word; found by softpath faults fuzz: it ended the receiver. */
    @Test
    void shouldSkipAPacketThatSaysItHasMorePaddingThanPayload() {
        for (ChipModel model : List.of(SMALL, SMALL_6120)) {
            FakeChip chip = chip(model);
            RcvHdrqReader reader = new RcvHdrqReader(chip.receiveSetup());
            MemorySegment padded = header(0, 0);
            MessageHeader.putBth0(padded, 0, Bth.bth0(Bth.OPCODE_PSM, 3, Bth.DEFAULT_PKEY));
            chip.tidPage(5, MemorySegment.ofArray(new byte[4096]));
            chip.receive(padded, NOTHING, 0);
            MessageHeader.putVcto(padded, 0, IpathHeader.vcto(2, CONTEXT, 5, 0));
            chip.receiveExpected(padded, NOTHING);
            chip.receive(header(4, 1), payload(4), 0);
            List<Integer> lengths = new ArrayList<>();
            assertEquals(3, reader.receive(packet -> lengths.add(packet.payloadLength()), 10));
            assertTrue(lengths.stream().allMatch(length -> length >= 0), lengths::toString);
            assertEquals(4, lengths.getLast(), "what comes behind it");
            assertTrue(reader.counters().byName().get("unknown packets") >= 1);
        }
    }

    @Test
    void shouldSkipWhatIsNotForThisPort() {
        FakeChip chip = chip(SMALL);
        RcvHdrqReader reader = new RcvHdrqReader(chip.receiveSetup());
        MemorySegment foreign = header(0, 0);
        MessageHeader.putLrh(foreign, 0, Lrh.of(0, 0, 77, 15, 2));
        chip.receive(foreign, NOTHING, 0);
        Errors handler = new Errors();
        assertEquals(1, reader.receive(handler, 10));
        assertEquals(List.of(), handler.bits);
        assertEquals(1, reader.counters().byName().get("unknown packets"));
    }

    @Test
    void shouldConsumeThePacketWhoseHandlerThrows() {
        FakeChip chip = chip(SMALL);
        RcvHdrqReader reader = new RcvHdrqReader(chip.receiveSetup());
        chip.receive(header(4, 0), payload(4), 0);
        chip.receive(header(4, 1), payload(4), 0);
        assertThrows(
                ArithmeticException.class,
                () ->
                        reader.receive(
                                packet -> {
                                    throw new ArithmeticException();
                                },
                                10));
        List<Integer> psns = new ArrayList<>();
        assertEquals(1, reader.receive(packet -> psns.add(packet.psn()), 10));
        assertEquals(List.of(1), psns);
    }

    private FakeChip chip(ChipModel model) {
        FakeChip chip = new FakeChip(model, CONTEXT, LaunchMode.INLINE);
        chips.add(chip);
        return chip;
    }

    /** Of a packet from 2:7 to the fake chip's port. */
    private static MemorySegment header(int payloadBytes, int psn) {
        int pad = -payloadBytes & 3;
        MemorySegment header = MemorySegment.ofArray(new long[7]);
        int dwords = (56 + payloadBytes + pad) / 4 + 1;
        MessageHeader.putLrh(header, 0, Lrh.of(0, 0, FakeChip.LID, dwords, 2));
        MessageHeader.putBth0(header, 0, Bth.bth0(Bth.OPCODE_PSM, pad, Bth.DEFAULT_PKEY));
        MessageHeader.putBth2(header, 0, Bth.bth2(psn));
        MessageHeader.putSubOpcode(header, 0, 17);
        MessageHeader.putAck(header, 0, AckWord.of(0, 7, 0));
        MessageHeader.putData0(header, 0, 8);
        MessageHeader.putData1(header, 0, 9);
        return header;
    }

    private static MemorySegment payload(int bytes) {
        byte[] payload = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            payload[i] = (byte) (i * 7 + 1);
        }
        return MemorySegment.ofArray(payload);
    }

    private static void assertInconsistent(RcvHdrqReader reader, String what) {
        SoftpathException lost =
                assertThrows(SoftpathException.Lost.class, () -> reader.receive(packet -> {}, 10));
        assertEquals(Errno.EIO, lost.errno());
        assertTrue(lost.getMessage().contains(what), lost::getMessage);
    }

    private static final class Errors implements PacketHandler {
        private final List<Long> bits = new ArrayList<>();

        @Override
        public void onPacket(ReceivedPacket packet) {
            throw new AssertionError("not an error: " + packet);
        }

        @Override
        public void onError(ReceivedPacket packet) {
            bits.add(packet.errors());
        }
    }
}

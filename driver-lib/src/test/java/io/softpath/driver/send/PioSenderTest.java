package io.softpath.driver.send;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.control.UnitStatus;
import io.softpath.abi.control.UserEvent;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.AckWord;
import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.Lrh;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.Pbc;
import io.softpath.abi.region.AvailPage;
import io.softpath.abi.region.RegionKind;
import io.softpath.driver.FakeChip;
import io.softpath.driver.LaunchMode;
import io.softpath.driver.SendResult;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.memory.WriteOnlyMemory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;

class PioSenderTest {
    private static final int CONTEXT = 3;

    private final Wishes wishes = new Wishes();

    @Test
    @Fidelity(79)
    void shouldBuildTheWorkedPacketByteForByte() {
        try (FakeChip chip = new FakeChip(ChipModel.IBA7220, CONTEXT, LaunchMode.SPECIAL)) {
            PioSender sender = new PioSender(chip.sendSetup(), wishes);
            HeaderTemplate to =
                    new HeaderTemplate(
                            ChipModel.Family.QLE73XX,
                            ChipModel.QP_BASE,
                            1,
                            CONTEXT,
                            2,
                            5,
                            Bth.DEFAULT_PKEY);
            SendResult result =
                    sender.send(
                            to,
                            0,
                            HeaderTemplate.message(0x05, 0, 9),
                            to.protocol(0, 0, 4, 1),
                            0x1122_3344_5566_7788L,
                            0x4443_4241L,
                            MemorySegment.NULL,
                            0,
                            0);
            assertEquals(SendResult.SENT, result);
            byte[] expected = {
                0x0F,
                0,
                0,
                0,
                0,
                0,
                0,
                0, // PBC: length 15
                0,
                2,
                0,
                2,
                0,
                0x0F,
                0,
                1, // LRH
                (byte) 0xC0,
                0,
                (byte) 0xFF,
                (byte) 0xFF,
                0,
                0x65,
                0x6B,
                0x78, // BTH
                0,
                0,
                0,
                0,
                0,
                (byte) 0xE0,
                (byte) 0xFF,
                0x25, // PSN, VCTO 0x25FFE000
                0x12,
                (byte) 0xFA,
                0,
                0,
                0x05,
                0,
                9,
                0, // checksum 0xFA12, sub-opcode, commidx
                0,
                0,
                0,
                3,
                0,
                4,
                1,
                0, // ack word 0x03000000, hdr_dlen 4, mqhdr TINY
                (byte) 0x88,
                0x77,
                0x66,
                0x55,
                0x44,
                0x33,
                0x22,
                0x11, // tag
                'A',
                'B',
                'C',
                'D',
                0,
                0,
                0,
                0
            };
            assertArrayEquals(expected, pio(chip, 0, 64));
        }
    }

    @Test
    @Fidelity(41)
    void shouldNameContextSixteenByFieldFifteenAndAFlippedQueuePair() {
        try (FakeChip chip = new FakeChip(ChipModel.IBA7220, CONTEXT, LaunchMode.INLINE)) {
            PioSender sender = new PioSender(chip.sendSetup(), wishes);
            send(sender, to(16), MemorySegment.NULL, 0);
            MemorySegment header = chip.takeLaunch().header();
            assertEquals(15, IpathHeader.context(MessageHeader.vcto(header, 0)));
            assertEquals(ChipModel.QP_BASE ^ 1, Bth.qp(MessageHeader.bth1(header, 0)));
        }
    }

    @ParameterizedTest
    @EnumSource
    @Fidelity({17, 18})
    void shouldLaunchEveryLengthOnceWithItsExactLength(LaunchMode launch) {
        try (FakeChip chip = new FakeChip(modelFor(launch), CONTEXT, launch);
                Arena arena = Arena.ofConfined()) {
            PioSender sender = new PioSender(chip.sendSetup(), wishes);
            HeaderTemplate to = to(4);
            MemorySegment payload = arena.allocate(2048 + 64);
            new Random(7).ints(payload.byteSize(), 0, 256).forEach(new Filler(payload));
            for (int length = 0; length <= 2048; length++) {
                int offset = length % 13;
                assertEquals(SendResult.SENT, send(sender, to, payload.asSlice(offset), length));
                FakeChip.Packet packet = chip.takeLaunch();
                assertNotNull(packet, "length=" + length);
                int dwords = (56 + length + 3) / 4 + 1;
                int pad = Bth.padBytes(MessageHeader.bth0(packet.header(), 0));
                assertEquals(dwords, Pbc.lengthDwords(packet.pbc()));
                assertEquals(dwords, Lrh.lengthDwords(packet.lrh()));
                assertEquals(length, dwords * 4 - 4 - 56 - pad);
                assertEquals(length & 0xFFFFFF, Bth.psn(MessageHeader.bth2(packet.header(), 0)));
                assertEquals(
                        -1,
                        MemorySegment.mismatch(
                                payload, offset, offset + length, packet.payload(), 0, length));
                assertNull(chip.takeLaunch(), "launched twice: length=" + length);
                chip.free();
            }
            assertEquals(2049, sender.packetCount());
        }
    }

    @Test
    @Fidelity(18)
    void shouldCountHeaderAndPayloadInThePbc() {
        try (FakeChip chip = new FakeChip(ChipModel.IBA7220, CONTEXT, LaunchMode.INLINE)) {
            PioSender sender = new PioSender(chip.sendSetup(), wishes);
            send(sender, to(4), MemorySegment.NULL, 0);
            assertEquals(15, Pbc.lengthDwords(chip.takeLaunch().pbc()));
            send(sender, to(4), MemorySegment.ofArray(new byte[2048]), 2048);
            assertEquals(527, Pbc.lengthDwords(chip.takeLaunch().pbc()));
        }
    }

    @ParameterizedTest
    @EnumSource
    @Fidelity({27, 28})
    void shouldStoreTheTriggerLast(LaunchMode launch) {
        try (FakeChip chip = new FakeChip(modelFor(launch), CONTEXT, launch)) {
            List<String> stores = new ArrayList<>();
            PioBuffer[] buffers = new PioBuffer[chip.bufferCount()];
            for (int i = 0; i < buffers.length; i++) {
                buffers[i] =
                        new RecordingBuffer(
                                chip.map(RegionKind.PIOBUFS).writeOnly().slice(i * 4096L, 4096),
                                stores);
            }
            PioSender sender = new PioSender(chip.sendSetup(), wishes, buffers);
            for (int length : new int[] {0, 1, 4, 8, 10, 2048}) {
                stores.clear();
                send(sender, to(4), MemorySegment.ofArray(new byte[2048]), length);
                int lastDword = 60 + (length + 3) / 4 * 4;
                switch (launch) {
                    case INLINE -> assertEquals("release 0", stores.getLast());
                    case SPECIAL -> {
                        assertEquals("0", stores.getFirst());
                        assertEquals("release 4092", stores.getLast());
                    }
                    case LAST_DWORD -> {
                        assertEquals("0", stores.getFirst());
                        assertEquals("release " + lastDword, stores.getLast());
                    }
                }
                assertEquals(
                        1,
                        stores.stream().filter(store -> store.startsWith("release")).count(),
                        "one trigger: " + stores);
                assertEquals(stores.size(), stores.stream().distinct().count(), "twice: " + stores);
            }
        }
    }

    @Test
    void shouldSendATinyMessageInOneCacheLineOfEightStores() {
        try (FakeChip chip = new FakeChip(ChipModel.IBA7220, CONTEXT, LaunchMode.INLINE)) {
            List<String> stores = new ArrayList<>();
            WriteOnlyMemory all = chip.map(RegionKind.PIOBUFS).writeOnly();
            PioBuffer[] buffers = new PioBuffer[chip.bufferCount()];
            for (int i = 0; i < buffers.length; i++) {
                buffers[i] = new RecordingBuffer(all.slice(i * 4096L, 4096), stores);
            }
            PioSender sender = new PioSender(chip.sendSetup(), wishes, buffers);
            send(sender, to(4), MemorySegment.NULL, 0);
            assertEquals(List.of("8", "16", "24", "32", "40", "48", "56", "release 0"), stores);
        }
    }

    @Test
    void shouldCountTheLaunchesOfTheContextInItsLaunchTags() {
        try (FakeChip chip = new FakeChip(ChipModel.IBA7220, CONTEXT, LaunchMode.INLINE)) {
            PioSender sender = new PioSender(chip.sendSetup(), wishes);
            HeaderTemplate to = to(4);
            for (int i = 1; i < 3 * chip.bufferCount(); i++) {
                assertEquals(SendResult.SENT, send(sender, to, MemorySegment.NULL, 0));
                assertEquals(i, Pbc.launchTag(chip.takeLaunch().pbc()), "launch " + i);
                chip.free();
            }
        }
    }

    @Test
    void shouldFollowLaunchTagsPastTheirWrap() {
        ChipModel model = ChipModel.IBA7220;
        try (FakeChip chip = new FakeChip(model, CONTEXT, LaunchMode.INLINE)) {
            PioSender sender = new PioSender(chip.sendSetup(), wishes);
            HeaderTemplate to = to(4);
            for (int i = 0; i < (Pbc.LAUNCH_TAG_MAX + 2) * chip.bufferCount(); i++) {
                assertEquals(SendResult.SENT, send(sender, to, MemorySegment.NULL, 0));
                assertNotNull(chip.takeLaunch(), "packet " + i);
                chip.free();
            }
        }
    }

    @Test
    @Fidelity(20)
    void shouldReportNoBufferUntilTheChipFreesOne() {
        try (FakeChip chip = new FakeChip(ChipModel.IBA7220, CONTEXT, LaunchMode.INLINE)) {
            PioSender sender = new PioSender(chip.sendSetup(), wishes);
            HeaderTemplate to = to(4);
            for (int i = 0; i < chip.bufferCount(); i++) {
                assertEquals(SendResult.SENT, send(sender, to, MemorySegment.NULL, 0));
            }
            assertEquals(SendResult.NO_PIO_BUFFER, send(sender, to, MemorySegment.NULL, 0));
            assertEquals(1, sender.busyCount());
            assertEquals(0, Bth.psn(MessageHeader.bth2(chip.takeLaunch().header(), 0)));
            assertEquals(SendResult.NO_PIO_BUFFER, send(sender, to, MemorySegment.NULL, 0));
            chip.free();
            assertEquals(SendResult.SENT, send(sender, to, MemorySegment.NULL, 0));
            assertEquals(SendResult.NO_PIO_BUFFER, send(sender, to, MemorySegment.NULL, 0));
        }
    }

    @Test
    @Fidelity(21)
    void shouldAskForAnAvailUpdateEverySixteenthFailureWhereTheChipNeedsIt() {
        try (FakeChip chip = new FakeChip(ChipModel.IBA6120, CONTEXT, LaunchMode.LAST_DWORD)) {
            PioSender sender = new PioSender(chip.sendSetup(), wishes);
            exhaust(sender, chip);
            for (int i = 0; i < 48; i++) {
                send(sender, to(1), MemorySegment.NULL, 0);
            }
            assertEquals(List.of("update", "update", "update"), wishes.made);
        }
    }

    /** An update that is lost is the last one if nothing is launched any more. */
    @Test
    void shouldAskForAnAvailUpdateWhenNoneComesForLong() {
        try (FakeChip chip = new FakeChip(ChipModel.IBA7220, CONTEXT, LaunchMode.INLINE)) {
            PioSender sender = new PioSender(chip.sendSetup(), wishes);
            exhaust(sender, chip);
            for (int i = 0; i < 5 * PioSender.LONG_FAILURES; i++) {
                send(sender, to(4), MemorySegment.NULL, 0);
            }
            assertEquals(List.of("update", "update", "update"), wishes.made);
        }
    }

    @Test
    @Fidelity(22)
    void shouldReportAStallOnceInTwentySeconds() {
        AtomicLong now = new AtomicLong();
        try (FakeChip chip = new FakeChip(ChipModel.IBA7220, CONTEXT, LaunchMode.INLINE)) {
            PioSender sender =
                    new PioSender(chip.sendSetup(100, 20_000_000_000L, now::get), wishes);
            exhaust(sender, chip);
            for (int i = 0; i < 99; i++) {
                send(sender, to(4), MemorySegment.NULL, 0);
            }
            assertEquals(0, sender.stallCount());
            for (int i = 0; i < 201; i++) {
                send(sender, to(4), MemorySegment.NULL, 0);
            }
            assertEquals(3, sender.stallCount());
            assertEquals(1, wishes.made.size());
            assertTrue(wishes.made.getFirst().contains("failures=100"), wishes.made::toString);
            now.set(20_000_000_000L);
            for (int i = 0; i < 100; i++) {
                send(sender, to(4), MemorySegment.NULL, 0);
            }
            assertEquals(2, wishes.made.size());
        }
    }

    @Test
    void shouldStartCountingFailuresAgainAfterASuccess() {
        try (FakeChip chip = new FakeChip(ChipModel.IBA7220, CONTEXT, LaunchMode.INLINE)) {
            PioSender sender = new PioSender(chip.sendSetup(10, 0, () -> 0), wishes);
            exhaust(sender, chip);
            for (int round = 0; round < 5; round++) {
                for (int i = 0; i < 9; i++) {
                    send(sender, to(4), MemorySegment.NULL, 0);
                }
                assertNotNull(chip.takeLaunch());
                chip.free();
                assertEquals(SendResult.SENT, send(sender, to(4), MemorySegment.NULL, 0));
            }
            assertEquals(0, sender.stallCount());
        }
    }

    @Test
    @Fidelity(59)
    void shouldSayWhatIsWrongWithTheLinkOnlyWhenOutOfBuffers() {
        try (FakeChip chip = new FakeChip(ChipModel.IBA7220, CONTEXT, LaunchMode.INLINE)) {
            PioSender sender = new PioSender(chip.sendSetup(), wishes);
            chip.status(UnitStatus.CHIP_PRESENT);
            exhaust(sender, chip);
            assertEquals(SendResult.LINK_DOWN, send(sender, to(4), MemorySegment.NULL, 0));
            chip.status(UnitStatus.CHIP_PRESENT | UnitStatus.IB_CONF);
            assertEquals(SendResult.LINK_DOWN, send(sender, to(4), MemorySegment.NULL, 0));
            chip.status(UnitStatus.CHIP_PRESENT | UnitStatus.IB_CONF | UnitStatus.IB_READY);
            assertEquals(SendResult.NO_PIO_BUFFER, send(sender, to(4), MemorySegment.NULL, 0));
            AvailPage.putText(chip.memory(RegionKind.PIOAVAIL), ChipModel.IBA7220, "parity");
            chip.status(UnitStatus.CHIP_PRESENT | UnitStatus.HWERROR);
            SoftpathException failed =
                    assertThrows(
                            SoftpathException.Lost.class,
                            () -> send(sender, to(4), MemorySegment.NULL, 0));
            assertEquals(Errno.EIO, failed.errno());
            assertTrue(failed.getMessage().contains("text=\"parity\""), failed::getMessage);
        }
    }

    @Test
    @Fidelity(25)
    void shouldAcknowledgeOnlyTheDisarmEventWhenItRefreshes() {
        try (FakeChip chip = new FakeChip(ChipModel.IBA7220, CONTEXT, LaunchMode.INLINE)) {
            PioSender sender = new PioSender(chip.sendSetup(), wishes);
            chip.events(UserEvent.DISARM_BUFS | UserEvent.LINKDOWN);
            exhaust(sender, chip);
            assertEquals(List.of(), wishes.made);
            send(sender, to(4), MemorySegment.NULL, 0);
            assertEquals(List.of("ack 1"), wishes.made);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SPECIAL", "LAST_DWORD"})
    @Fidelity(25)
    void shouldFillNoBufferWhileTheDriverDisarms(LaunchMode launch) {
        try (FakeChip chip = new FakeChip(modelFor(launch), CONTEXT, launch)) {
            PioSender sender = new PioSender(chip.sendSetup(), wishes);
            exhaust(sender, chip);
            for (int i = 0; i < chip.bufferCount(); i++) {
                assertNotNull(chip.takeLaunch());
                chip.free();
            }
            byte[] before = pio(chip, 0, 4096);
            chip.events(UserEvent.DISARM_BUFS);
            for (int i = 1; i <= 3; i++) {
                assertEquals(SendResult.NO_PIO_BUFFER, send(sender, to(4), MemorySegment.NULL, 0));
                assertEquals("ack 1", wishes.made.getLast());
            }
            assertArrayEquals(before, pio(chip, 0, 4096));
            chip.events(UserEvent.LINKDOWN);
            for (int i = 0; i < 2 * chip.bufferCount(); i++) {
                assertEquals(SendResult.SENT, send(sender, to(4), MemorySegment.NULL, 0));
                assertNotNull(chip.takeLaunch());
                chip.free();
            }
        }
    }

    @Test
    void shouldRingOnlyAChipThatSleeps() {
        try (FakeChip chip = new FakeChip(ChipModel.IBA7220, CONTEXT, LaunchMode.INLINE)) {
            PioSender sender = new PioSender(chip.sendSetup(), wishes);
            send(sender, to(4), MemorySegment.NULL, 0);
            assertEquals(List.of(), wishes.made);
            chip.sleep(true);
            send(sender, to(4), MemorySegment.NULL, 0);
            assertEquals(List.of("ring"), wishes.made);
            assertEquals(1, sender.doorbellCount());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseABadPayloadAndTakeNoBuffer(LaunchMode launch) {
        try (FakeChip chip = new FakeChip(modelFor(launch), CONTEXT, launch)) {
            PioSender sender = new PioSender(chip.sendSetup(), wishes);
            MemorySegment closed;
            try (Arena arena = Arena.ofConfined()) {
                closed = arena.allocate(64);
            }
            MemorySegment heap = MemorySegment.ofArray(new byte[4096]);
            for (int round = 0; round < 3 * chip.bufferCount(); round++) {
                assertErrno(Errno.EFAULT, () -> send(sender, to(4), closed, 8));
                assertErrno(Errno.EFAULT, () -> send(sender, to(4), heap.asSlice(4090), 8));
                assertErrno(Errno.EMSGSIZE, () -> send(sender, to(4), heap, 2049));
                assertErrno(Errno.EMSGSIZE, () -> send(sender, to(4), heap, -1));
            }
            if (launch != LaunchMode.INLINE) {
                assertEquals(0, Pbc.get(chip.memory(RegionKind.PIOBUFS), 0), "half-written");
            }
            assertEquals(SendResult.SENT, send(sender, to(4), heap, 8));
            FakeChip.Packet packet = chip.takeLaunch();
            assertEquals(0, packet.buffer());
            assertEquals(0, Bth.psn(MessageHeader.bth2(packet.header(), 0)));
            assertEquals(CONTEXT, AckWord.sourceContext(MessageHeader.ack(packet.header(), 0)));
        }
    }

    @Test
    void shouldRefuseAfterItsMemoryIsUnmapped() {
        FakeChip chip = new FakeChip(ChipModel.IBA7220, CONTEXT, LaunchMode.INLINE);
        PioSender sender = new PioSender(chip.sendSetup(), wishes);
        chip.close();
        assertErrno(Errno.EBADF, () -> send(sender, to(4), MemorySegment.NULL, 0));
    }

    private static ChipModel modelFor(LaunchMode launch) {
        return launch == LaunchMode.LAST_DWORD ? ChipModel.IBA6120 : ChipModel.IBA7220;
    }

    private static HeaderTemplate to(int context) {
        return new HeaderTemplate(
                ChipModel.Family.QLE72XX,
                ChipModel.QP_BASE,
                FakeChip.LID,
                CONTEXT,
                2,
                context,
                Bth.DEFAULT_PKEY);
    }

    private static SendResult send(
            PioSender sender, HeaderTemplate to, MemorySegment payload, int length) {
        return sender.send(
                to,
                0,
                HeaderTemplate.message(1, 0, 0),
                to.protocol(0, 0, 0, 0),
                2,
                3,
                payload,
                0,
                length);
    }

    private static void exhaust(PioSender sender, FakeChip chip) {
        for (int i = 0; i < chip.bufferCount(); i++) {
            assertEquals(SendResult.SENT, send(sender, to(4), MemorySegment.NULL, 0));
        }
    }

    private static byte[] pio(FakeChip chip, long offset, long bytes) {
        return chip.memory(RegionKind.PIOBUFS)
                .asSlice(offset, bytes)
                .toArray(ValueLayout.JAVA_BYTE);
    }

    private static void assertErrno(Errno errno, Executable call) {
        assertEquals(errno, assertThrows(SoftpathException.class, call).errno());
    }

    private static final class Filler implements IntConsumer {
        private final MemorySegment target;
        private long next;

        Filler(MemorySegment target) {
            this.target = target;
        }

        @Override
        public void accept(int value) {
            target.set(ValueLayout.JAVA_BYTE, next++, (byte) value);
        }
    }

    private static final class Wishes implements SendControl {
        private final List<String> made = new ArrayList<>();

        @Override
        public void ringDoorbell() {
            made.add("ring");
        }

        @Override
        public void requestAvailUpdate() {
            made.add("update");
        }

        @Override
        public void acknowledge(long events) {
            made.add("ack " + events);
        }

        @Override
        public void reportStall(String report) {
            made.add(report);
        }
    }

    /** Notes the offset of each store. */
    private static final class RecordingBuffer extends PioBuffer {
        private final List<String> stores;

        RecordingBuffer(WriteOnlyMemory memory, List<String> stores) {
            super(memory);
            this.stores = stores;
        }

        @Override
        void putLong(long offset, long value) {
            stores.add("" + offset);
            super.putLong(offset, value);
        }

        @Override
        void putLongRelease(long offset, long value) {
            stores.add("release " + offset);
            super.putLongRelease(offset, value);
        }

        @Override
        void putInt(long offset, int value) {
            stores.add("" + offset);
            super.putInt(offset, value);
        }

        @Override
        void putIntRelease(long offset, int value) {
            stores.add("release " + offset);
            super.putIntRelease(offset, value);
        }

        @Override
        void putBytes(long offset, MemorySegment source, long sourceOffset, long length) {
            if (length > 0) {
                stores.add("" + offset);
            }
            super.putBytes(offset, source, sourceOffset, length);
        }
    }
}

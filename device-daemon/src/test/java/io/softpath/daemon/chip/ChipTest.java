package io.softpath.daemon.chip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.model.PioDivision;
import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.Pbc;
import io.softpath.abi.packet.PioLayout;
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
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

class ChipTest {
    private static final byte[] NOTHING = {};

    static Stream<Object[]> modelsAndTriggers() {
        return Stream.of(
                new Object[] {ChipModel.IBA7220, TriggerMode.INLINE},
                new Object[] {ChipModel.IBA7220, TriggerMode.SPECIAL},
                new Object[] {ChipModel.IBA6120, TriggerMode.LAST_DWORD},
                new Object[] {ChipModel.IBA6120, TriggerMode.INLINE});
    }

    @ParameterizedTest
    @MethodSource("modelsAndTriggers")
    @Fidelity({17, 18, 32})
    void shouldDeliverOnePacketAfterTheTriggerAndNoneBefore(ChipModel model, TriggerMode trigger) {
        try (ChipRig rig = new ChipRig(model, 1, 1)) {
            Chip chip = rig.chips.get(0);
            FakeUser from = rig.open(0, 1, trigger);
            FakeUser to = rig.open(0, 2, trigger);
            for (int bytes : new int[] {4, 64, 2044, 2048}) {
                byte[] payload = FakeUser.bytes(bytes, bytes);
                int buffer = from.takeBuffer();
                from.write(buffer, 1, 2, 77, payload);
                assertEquals(0, chip.sweep());
                from.launch(buffer, Pbc.ofPayload(bytes));
                assertEquals(1, chip.sweep());
                assertEquals(0, chip.sweep());
                FakeUser.Entry entry = to.receive();
                assertNotNull(entry);
                assertEquals(0, Rhf.errors(entry.rhf()));
                assertEquals(Rhf.TYPE_EAGER, Rhf.rcvType(entry.rhf()));
                assertEquals((56 + bytes) / 4 + 1, Rhf.lengthDwords(entry.rhf()));
                assertEquals(77, entry.data0());
                assertArrayEquals(payload, entry.payload());
                assertNull(to.receive());
            }
        }
    }

    @Test
    @Fidelity({18})
    void shouldCountTheMinimalPacketAs15DwordsAndTheLargestAs527() {
        assertEquals(15, Pbc.lengthDwords(Pbc.ofPayload(0)));
        assertEquals(527, Pbc.lengthDwords(Pbc.ofPayload(2048)));
    }

    @Test
    @Fidelity({19})
    void shouldFlipTheCheckBitAtEachLaunchAndClearBusyWhenThePacketLeft() {
        try (ChipRig rig = new ChipRig(ChipModel.IBA7220, 1, 1)) {
            Chip chip = rig.chips.get(0);
            FakeUser user = rig.open(0, 1, TriggerMode.INLINE);
            int check = user.shownAvail(0) & 1;
            for (int i = 0; i < 100; i++) {
                chip.holdSends(true);
                user.write(0, 1, 1, i, NOTHING);
                user.launch(0, Pbc.ofPayload(0));
                chip.sweep();
                chip.forceAvailUpdate();
                check ^= 1;
                assertEquals(2 | check, user.shownAvail(0));
                chip.holdSends(false);
                chip.sweep();
                chip.forceAvailUpdate();
                assertEquals(check, user.shownAvail(0));
            }
            assertEquals(100, chip.counter(ChipCounter.TX_PKT));
        }
    }

    @Test
    @Fidelity({20})
    void shouldLeaveTheSenderWithoutBuffersWhileTheAvailabilityCopyIsStopped() {
        try (ChipRig rig = new ChipRig(ChipModel.IBA7220, 1, 1)) {
            Chip chip = rig.chips.get(0);
            FakeUser user = rig.open(0, 1, TriggerMode.INLINE);
            chip.setAvailUpdates(false);
            for (int i = 0; i < user.bufferCount; i++) {
                assertTrue(user.send(1, 1, i, NOTHING));
                chip.sweep();
            }
            assertFalse(user.send(1, 1, 99, NOTHING));
            chip.setAvailUpdates(true);
            assertTrue(user.send(1, 1, 99, NOTHING));
        }
    }

    @Test
    @Fidelity({21})
    void shouldStallAtAThresholdAboveTheShareUntilTheCopyIsForced() {
        ChipModel seven = ChipModel.IBA7220.toBuilder().pio2kCount(7 * 16).build();
        assertEquals(7, PioDivision.of(seven).count(1));
        assertEquals(5, seven.updateThreshold());
        try (ChipRig rig = new ChipRig(seven, 1, 1)) {
            Chip chip = rig.chips.get(0);
            FakeUser user = rig.open(0, 1, TriggerMode.INLINE);
            chip.setAvailThreshold(8);
            chip.forceAvailUpdate();
            for (int i = 0; i < 7; i++) {
                assertTrue(user.send(1, 1, i, NOTHING));
                chip.sweep();
            }
            assertFalse(user.send(1, 1, 8, NOTHING));
            chip.forceAvailUpdate();
            assertTrue(user.send(1, 1, 8, NOTHING));
            chip.setAvailThreshold(seven.updateThreshold());
            for (int i = 0; i < 1000; i++) {
                assertTrue(user.send(1, 1, i, NOTHING), "packet " + i);
                chip.sweep();
                while (user.receive() != null) {
                    user.updateHeads();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("modelsAndTriggers")
    @Fidelity({23})
    void shouldFreeAHalfWrittenBufferOnDisarmWithoutAPacket(ChipModel model, TriggerMode trigger) {
        try (ChipRig rig = new ChipRig(model, 1, 1)) {
            Chip chip = rig.chips.get(0);
            FakeUser user = rig.open(0, 1, trigger);
            int buffer = user.takeBuffer();
            user.write(buffer, 1, 1, 5, FakeUser.bytes(256, 1));
            chip.disarm(user.firstBuffer + buffer);
            chip.forceAvailUpdate();
            user.adoptAvail();
            assertEquals(0, chip.sweep());
            assertNull(user.receive());
            for (int i = 0; i < 3 * user.bufferCount; i++) {
                assertTrue(user.send(1, 1, i, FakeUser.bytes(128, i)));
                chip.sweep();
                chip.forceAvailUpdate();
                assertEquals(i, user.receive().data0());
                user.updateHeads();
            }
        }
    }

    @Test
    @Fidelity({24})
    void shouldReportABufferLaunchedAgainWhileBusyUnlessReportingIsOff() {
        try (ChipRig rig = new ChipRig(ChipModel.IBA7220, 1, 1)) {
            Chip chip = rig.chips.get(0);
            FakeUser user = rig.open(0, 3, TriggerMode.INLINE);
            chip.holdSends(true);
            user.write(2, 1, 3, 1, NOTHING);
            user.launch(2, Pbc.ofPayload(0));
            chip.sweep();
            user.launch(2, Pbc.ofPayload(0));
            chip.sweep();
            assertEquals(
                    ErrorStatus.SEND_PIO_ARMLAUNCH,
                    rig.events.get(0).errors & ErrorStatus.SEND_PIO_ARMLAUNCH);
            assertEquals(List.of(user.firstBuffer + 2), rig.events.get(0).badBuffers);
            assertTrue(chip.sendBufferError(user.firstBuffer + 2));
            chip.disarm(user.firstBuffer + 2);
            assertFalse(chip.sendBufferError(user.firstBuffer + 2));
            chip.clearErrorStatus(~0L);
            rig.events.get(0).errors = 0;
            chip.setArmlaunchReporting(false);
            user.launch(2, Pbc.ofPayload(0));
            chip.sweep();
            user.launch(2, Pbc.ofPayload(0));
            chip.sweep();
            assertEquals(0, rig.events.get(0).errors & ErrorStatus.SEND_PIO_ARMLAUNCH);
            assertEquals(1, rig.events.get(0).badBuffers.size());
        }
    }

    @Test
    @Fidelity({27})
    void shouldLaunchOnTheMagicOnlyInSpecialTriggerMode() {
        try (ChipRig rig = new ChipRig(ChipModel.IBA7220, 1, 1)) {
            Chip chip = rig.chips.get(0);
            FakeUser user = rig.open(0, 1, TriggerMode.SPECIAL);
            int buffer = user.takeBuffer();
            user.write(buffer, 1, 1, 5, FakeUser.bytes(64, 1));
            Pbc.put(user.pio(), (long) buffer * 4096, Pbc.ofPayload(64));
            assertEquals(0, chip.sweep());
            user.launch(buffer, Pbc.ofPayload(64));
            assertEquals(1, chip.sweep());
            Pbc.putTrigger(
                    user.pio(),
                    4096L * ((buffer + 1) % 8) + Pbc.SPECIAL_TRIGGER_OFFSET,
                    0x12345678);
            chip.sweep();
            assertEquals(
                    ErrorStatus.SEND_SPECIAL_TRIGGER,
                    rig.events.get(0).errors & ErrorStatus.SEND_SPECIAL_TRIGGER);
        }
    }

    @Test
    @Fidelity({29})
    void shouldDropAndCountThePacketThatFindsTheHeaderQueueFull() {
        ChipModel small = ChipModel.IBA7220.toBuilder().rcvHdrCount(16).egrCount(16).build();
        try (ChipRig rig = new ChipRig(small, 1, 1)) {
            Chip chip = rig.chips.get(0);
            FakeUser user = rig.open(0, 1, TriggerMode.INLINE);
            for (int i = 0; i < 15; i++) {
                assertTrue(user.send(1, 1, i, NOTHING));
                chip.sweep();
            }
            assertEquals(0, chip.headerQueueFullCount(1));
            assertTrue(user.send(1, 1, 15, NOTHING));
            chip.sweep();
            assertEquals(1, chip.headerQueueFullCount(1));
            assertEquals(
                    ErrorStatus.RCV_HDR_FULL, rig.events.get(0).errors & ErrorStatus.RCV_HDR_FULL);
            for (int i = 0; i < 15; i++) {
                assertEquals(i, user.receive().data0());
            }
            assertNull(user.receive());
            user.updateHeads();
            assertTrue(user.send(1, 1, 16, NOTHING));
            chip.sweep();
            assertEquals(16, user.receive().data0());
        }
    }

    @Test
    @Fidelity({30})
    void shouldRunTheSequenceFromOneToThirteen() {
        ChipModel small = ChipModel.IBA7220.toBuilder().rcvHdrCount(16).egrCount(16).build();
        try (ChipRig rig = new ChipRig(small, 1, 1)) {
            FakeUser user = rig.open(0, 1, TriggerMode.INLINE);
            for (int i = 0; i < 10_000; i++) {
                assertNull(user.receive(), "an entry was read before it was written");
                assertTrue(user.send(1, 1, i, NOTHING));
                rig.settle();
                FakeUser.Entry entry = user.receive();
                assertEquals(i % 13 + 1, Rhf.seq(entry.rhf()));
                assertEquals(i, entry.data0());
                user.updateHeads();
            }
        }
    }

    @Test
    @Fidelity({31, 34})
    void shouldShowTheTailInMemoryAndUseUpAnEagerBufferPerPacketOnOldChips() {
        try (ChipRig rig = new ChipRig(ChipModel.IBA6120, 1, 1)) {
            FakeUser user = rig.open(0, 1, TriggerMode.LAST_DWORD);
            for (int i = 0; i < 100; i++) {
                assertTrue(user.send(1, 1, i, NOTHING));
                rig.settle();
                assertEquals(
                        UserRegisters.RCVHDRTAIL.get(user.memory.userRegisters()),
                        UserRegisters.RCVHDRTAIL.get(user.memory.rcvHdrTail()));
                assertEquals(i, Rhf.egrIndex(user.receive().rhf()));
                user.updateHeads();
            }
        }
    }

    @Test
    @Fidelity({34})
    void shouldNotUseAnEagerBufferForAPacketWithoutPayloadOnNewChips() {
        try (ChipRig rig = new ChipRig(ChipModel.IBA7220, 1, 1)) {
            FakeUser user = rig.open(0, 1, TriggerMode.INLINE);
            assertTrue(user.send(1, 1, 1, NOTHING));
            rig.settle();
            assertFalse(Rhf.usesEgrBuffer(user.receive().rhf()));
            assertEquals(0, UserRegisters.RCVEGRINDEXTAIL.get(user.memory.userRegisters()));
        }
    }

    @Test
    @Fidelity({33, 35})
    void shouldWriteAnEntryWithTidErrorWhenNoEagerBufferIsFree() {
        ChipModel small = ChipModel.IBA7220.toBuilder().rcvHdrCount(64).egrCount(16).build();
        try (ChipRig rig = new ChipRig(small, 1, 1)) {
            Chip chip = rig.chips.get(0);
            FakeUser user = rig.open(0, 1, TriggerMode.INLINE);
            for (int i = 0; i < 16; i++) {
                assertTrue(user.send(1, 1, i, FakeUser.bytes(8, i)));
                rig.settle();
            }
            for (int i = 0; i < 15; i++) {
                assertTrue(user.receive().good());
            }
            FakeUser.Entry over = user.receive();
            assertEquals(Rhf.TIDERR, Rhf.errors(over.rhf()));
            assertEquals(Rhf.TYPE_EAGER, Rhf.rcvType(over.rhf()));
            assertEquals(15, Rhf.egrIndex(over.rhf()));
            assertFalse(Rhf.usesEgrBuffer(over.rhf()));
            assertEquals(1, chip.counter(ChipCounter.RX_TID_FULL));
            assertEquals(
                    ErrorStatus.RCV_EGR_FULL, rig.events.get(0).errors & ErrorStatus.RCV_EGR_FULL);
            user.updateHeads();
            int accepted = 0;
            for (int i = 0; i < 16; i++) {
                assertTrue(user.send(1, 1, i, FakeUser.bytes(8, i)));
                rig.settle();
                accepted += user.receive().good() ? 1 : 0;
            }
            assertEquals(
                    14,
                    accepted,
                    "the head names the last buffer finished, so N - 2 in steady state");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    @Fidelity({37})
    void shouldReportAHeaderErrorWhenABitOfTheLengthFlips(int bit) {
        assertHeaderError(0, 1L << Long.numberOfTrailingZeros(Long.reverseBytes(1L << 16 + bit)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 13, 17, 23, 28, 29, 31})
    @Fidelity({37, 38})
    void shouldReportAHeaderErrorWhenABitOfVersionTidOrOffsetFlips(int bit) {
        assertHeaderError(2, 1L << 32 + bit);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 9, 15})
    @Fidelity({37})
    void shouldReportAHeaderErrorWhenABitOfThePacketFlagsFlips(int bit) {
        assertHeaderError(3, 1L << 16 + bit);
    }

    private static void assertHeaderError(int qword, long bits) {
        try (ChipRig rig = new ChipRig(ChipModel.IBA7220, 2, 1)) {
            FakeUser from = rig.open(0, 1, TriggerMode.INLINE);
            FakeUser to = rig.open(1, 2, TriggerMode.INLINE);
            int buffer = from.takeBuffer();
            from.write(buffer, 2, 2, 9, NOTHING);
            Packet packet = new Packet();
            packet.header().load(from.pio(), from.headerOf(buffer));
            packet.payload(from.pio(), 0, 0);
            packet.header().flip(qword, bits);
            assertEquals(Wire.Outcome.SENT, rig.chips.get(1).receive(packet));
            FakeUser.Entry entry = to.receive();
            assertEquals(Rhf.KHDRERR, Rhf.errors(entry.rhf()) & Rhf.KHDRERR);
            assertEquals(1, rig.chips.get(1).counter(ChipCounter.RX_BAD_FORMAT));
        }
    }

    @Test
    @Fidelity({39})
    void shouldDropAForeignPartitionKeyUntilItIsSet() {
        try (ChipRig rig = new ChipRig(ChipModel.IBA7220, 1, 1)) {
            Chip chip = rig.chips.get(0);
            FakeUser user = rig.open(0, 1, TriggerMode.INLINE);
            for (int round = 0; round < 2; round++) {
                int buffer = user.takeBuffer();
                user.write(buffer, 1, 1, round, NOTHING);
                MessageHeader.putBth0(
                        user.pio(), user.headerOf(buffer), Bth.bth0(Bth.OPCODE_PSM, 0, 0x8123));
                user.launch(buffer, Pbc.ofPayload(0));
                chip.sweep();
                chip.setPartitionKey(2, 0x8123);
            }
            assertEquals(1, chip.counter(ChipCounter.RX_INVAL_PKEY));
            assertEquals(1, user.receive().data0());
        }
    }

    @Test
    @Fidelity({41})
    void shouldReachEveryContextByItsOwnEncodingAndNoOther() {
        try (ChipRig rig = new ChipRig(ChipModel.IBA7220, 1, 1)) {
            FakeUser[] users = new FakeUser[17];
            for (int context = 1; context < 17; context++) {
                users[context] = rig.open(0, context, TriggerMode.INLINE);
            }
            for (int context = 1; context < 17; context++) {
                assertTrue(users[1].send(1, context, context, NOTHING));
                rig.settle();
                rig.chips.get(0).forceAvailUpdate();
                for (int other = 1; other < 17; other++) {
                    FakeUser.Entry entry = users[other].receive();
                    if (other == context) {
                        assertEquals(context, entry.data0());
                        users[other].updateHeads();
                    } else {
                        assertNull(entry, "context " + other + " saw a packet for " + context);
                    }
                }
            }
        }
    }

    @Test
    @Fidelity({42})
    void shouldDropAPacketThatNamesAnotherSource() {
        try (ChipRig rig = new ChipRig(ChipModel.IBA7220, 1, 1)) {
            Chip chip = rig.chips.get(0);
            FakeUser user = rig.open(0, 1, TriggerMode.INLINE);
            FakeUser victim = rig.open(0, 2, TriggerMode.INLINE);
            int buffer = user.takeBuffer();
            user.write(buffer, 1, 2, 1, NOTHING);
            MessageHeader.putAck(user.pio(), user.headerOf(buffer), 5 << 24);
            user.launch(buffer, Pbc.ofPayload(0));
            chip.sweep();
            assertNull(victim.receive());
            assertEquals(1, chip.counter(ChipCounter.TX_BAD_HEADER));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 14, 544, 2047})
    void shouldCountALastDwordLaunchOfWrongLengthOnceHoweverOftenItIsLookedAt(int length) {
        try (ChipRig rig = new ChipRig(ChipModel.IBA6120, 1, 1)) {
            Chip chip = rig.chips.get(0);
            FakeUser user = rig.open(0, 1, TriggerMode.LAST_DWORD);
            int buffer = user.takeBuffer();
            user.write(buffer, 1, 1, 1, NOTHING);
            user.launch(buffer, Pbc.of(length));
            chip.sweep();
            chip.sweep();
            chip.sweep();
            assertEquals(1, chip.counter(ChipCounter.TX_INVAL_LEN));
            assertEquals(0, chip.counter(ChipCounter.TX_ARM_LAUNCH));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 14, 544, 2047})
    void shouldRefuseALengthThatDoesNotFitABuffer(int length) {
        try (ChipRig rig = new ChipRig(ChipModel.IBA7220, 1, 1)) {
            Chip chip = rig.chips.get(0);
            FakeUser user = rig.open(0, 1, TriggerMode.INLINE);
            int buffer = user.takeBuffer();
            user.write(buffer, 1, 1, 1, NOTHING);
            user.launch(buffer, Pbc.of(length));
            chip.sweep();
            assertEquals(1, chip.counter(ChipCounter.TX_INVAL_LEN));
            assertEquals(List.of(user.firstBuffer + buffer), rig.events.get(0).badBuffers);
            assertNull(user.receive());
            chip.disarm(user.firstBuffer + buffer);
            chip.forceAvailUpdate();
            user.adoptAvail();
            for (int i = 0; i < user.bufferCount; i++) {
                assertTrue(user.send(1, 1, i, NOTHING));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"IBA7220,SPECIAL", "IBA6120,LAST_DWORD"})
    @Fidelity({56})
    void shouldCountHalfWrittenPacketsOfAContextThatCloses(String model, TriggerMode trigger) {
        try (ChipRig rig = new ChipRig(ChipModel.named(model), 1, 1)) {
            Chip chip = rig.chips.get(0);
            FakeUser user = rig.open(0, 1, trigger);
            for (int buffer = 0; buffer < 3; buffer++) {
                user.write(buffer, 1, 1, 1, NOTHING);
                Pbc.put(user.pio(), (long) buffer * ChipModel.PIO_ALIGN, Pbc.ofPayload(64));
            }
            chip.closeContext(1);
            assertEquals(3, chip.counter(ChipCounter.TX_DISARMED));
            assertEquals(0, chip.counter(ChipCounter.TX_PKT));
            for (int buffer = 0; buffer < user.bufferCount; buffer++) {
                assertEquals(0, user.shownAvail(buffer) & 2, "busy: buffer " + buffer);
            }
        }
    }

    @Test
    void shouldFindABufferLaunchedOutOfRingOrder() {
        try (ChipRig rig = new ChipRig(ChipModel.IBA7220, 1, 1)) {
            FakeUser user = rig.open(0, 1, TriggerMode.INLINE);
            user.write(5, 1, 1, 55, NOTHING);
            user.launch(5, Pbc.ofPayload(0));
            int polls = 0;
            while (rig.pollAll() == 0) {
                assertTrue(++polls < 1000, "never found");
            }
            assertEquals(55, user.receive().data0());
        }
    }

    @Test
    @Fidelity({55})
    void shouldDropWhileReceptionIsDisabledAndStartAtOneAgain() {
        try (ChipRig rig = new ChipRig(ChipModel.IBA7220, 1, 1)) {
            Chip chip = rig.chips.get(0);
            FakeUser user = rig.open(0, 1, TriggerMode.INLINE);
            assertTrue(user.send(1, 1, 1, NOTHING));
            rig.settle();
            assertEquals(1, Rhf.seq(user.receive().rhf()));
            chip.disableReceive(1);
            assertTrue(user.send(1, 1, 2, NOTHING));
            rig.settle();
            assertEquals(1, chip.counter(ChipCounter.RX_PKT_DROPPED));
            chip.enableReceive(1);
            user.restart();
            assertEquals(0, UserRegisters.RCVHDRTAIL.get(user.memory.userRegisters()));
            assertTrue(user.send(1, 1, 3, NOTHING));
            rig.settle();
            FakeUser.Entry entry = user.receive();
            assertEquals(1, Rhf.seq(entry.rhf()));
            assertEquals(3, entry.data0());
        }
    }

    @Test
    @Fidelity({54})
    void shouldInterruptOnceWhenArmed() {
        try (ChipRig rig = new ChipRig(ChipModel.IBA7220, 1, 1)) {
            Chip chip = rig.chips.get(0);
            FakeUser user = rig.open(0, 1, TriggerMode.INLINE);
            chip.armInterrupt(1, false);
            for (int i = 0; i < 3; i++) {
                assertTrue(user.send(1, 1, i, NOTHING));
                rig.settle();
            }
            assertEquals(List.of(1), rig.events.get(0).interrupts);
            chip.armInterrupt(1, true);
            assertTrue(user.send(1, 1, 3, NOTHING));
            rig.settle();
            assertEquals(1, rig.events.get(0).interrupts.size());
            int buffer = user.takeBuffer();
            user.write(buffer, 1, 1, 4, NOTHING);
            long header = user.headerOf(buffer);
            int vcto = MessageHeader.vcto(user.pio(), header);
            MessageHeader.putPktFlags(user.pio(), header, IpathHeader.INTR);
            MessageHeader.putChksum(
                    user.pio(), header, IpathHeader.checksum(15, vcto, IpathHeader.INTR));
            user.launch(buffer, Pbc.ofPayload(0));
            rig.settle();
            assertEquals(2, rig.events.get(0).interrupts.size());
            assertEquals(1, chip.urgentCount(1));
        }
    }

    @Test
    @Fidelity({57, 58})
    void shouldNeverTouchTheMemoryOfAClosedContext() {
        try (ChipRig rig = new ChipRig(ChipModel.IBA7220, 1, 1)) {
            Chip chip = rig.chips.get(0);
            FakeUser from = rig.open(0, 1, TriggerMode.INLINE);
            FakeUser gone = rig.open(0, 2, TriggerMode.INLINE);
            chip.holdSends(true);
            assertTrue(from.send(1, 2, 1, FakeUser.bytes(64, 1)));
            chip.sweep();
            chip.closeContext(2);
            FakeUser next = rig.open(0, 2, TriggerMode.INLINE);
            chip.disableReceive(2);
            chip.holdSends(false);
            chip.sweep();
            assertNull(gone.receive());
            assertEquals(-1, next.memory.rcvHdrq().mismatch(gone.memory.rcvHdrq()));
            assertEquals(1, chip.counter(ChipCounter.RX_PKT_DROPPED));
        }
    }

    @Test
    @Fidelity({60})
    void shouldStopCopyingAvailabilityWhileFrozenAndResumeAfterThaw() {
        try (ChipRig rig = new ChipRig(ChipModel.IBA7220, 1, 1)) {
            Chip chip = rig.chips.get(0);
            FakeUser user = rig.open(0, 1, TriggerMode.INLINE);
            chip.freeze();
            int before = user.shownAvail(0);
            assertTrue(user.send(1, 1, 1, NOTHING));
            assertEquals(0, chip.sweep());
            chip.forceAvailUpdate();
            assertEquals(before, user.shownAvail(0));
            chip.thaw();
            assertEquals(1, chip.sweep());
            chip.forceAvailUpdate();
            assertEquals(before ^ 1, user.shownAvail(0));
            assertEquals(1, user.receive().data0());
        }
    }

    @Test
    void shouldSendNothingWhileFrozenWhateverTheDriverDoes() {
        try (ChipRig rig = new ChipRig(ChipModel.IBA7220, 1, 2)) {
            Chip chip = rig.chips.get(0);
            FakeUser user = rig.open(0, 1, TriggerMode.INLINE);
            FakeUser closing = rig.open(0, 2, TriggerMode.INLINE);
            chip.freeze();
            assertTrue(user.send(1, 1, 1, NOTHING));
            assertTrue(closing.send(1, 1, 2, NOTHING));
            chip.disarm(user.firstBuffer + 1);
            chip.closeContext(2);
            assertEquals(0, chip.counter(ChipCounter.TX_PKT));
            chip.thaw();
            assertEquals(1, chip.sweep());
            assertEquals(1, user.receive().data0());
            assertNull(user.receive());
        }
    }

    @Test
    void shouldCancelWhatWaitsWhenTheLinkGoesDown() {
        try (ChipRig rig = new ChipRig(ChipModel.IBA7220, 1, 1)) {
            Chip chip = rig.chips.get(0);
            FakeUser user = rig.open(0, 1, TriggerMode.INLINE);
            chip.holdSends(true);
            assertTrue(user.send(1, 1, 1, NOTHING));
            assertTrue(user.send(1, 1, 2, NOTHING));
            chip.sweep();
            chip.linkDown();
            assertEquals(2, chip.counter(ChipCounter.TX_DROPPED));
            chip.holdSends(false);
            chip.linkUp();
            assertEquals(0, chip.sweep());
            for (int i = 0; i < user.bufferCount; i++) {
                chip.forceAvailUpdate();
                assertTrue(user.send(1, 1, 10 + i, NOTHING));
                chip.sweep();
                assertEquals(10 + i, user.receive().data0());
            }
        }
    }

    @Test
    void shouldSendLaunchedPacketsOfAContextThatCloses() {
        try (ChipRig rig = new ChipRig(ChipModel.IBA7220, 1, 1)) {
            FakeUser from = rig.open(0, 1, TriggerMode.INLINE);
            FakeUser to = rig.open(0, 2, TriggerMode.INLINE);
            for (int i = 0; i < from.bufferCount; i++) {
                assertTrue(from.send(1, 2, i, NOTHING));
            }
            rig.chips.get(0).closeContext(1);
            for (int i = 0; i < from.bufferCount; i++) {
                assertEquals(i, to.receive().data0());
            }
        }
    }

    @Test
    void shouldRouteByDestinationLidBetweenUnits() {
        try (ChipRig rig = new ChipRig(ChipModel.IBA7220, 3, 1)) {
            FakeUser a = rig.open(0, 1, TriggerMode.INLINE);
            FakeUser b = rig.open(2, 1, TriggerMode.INLINE);
            assertTrue(a.send(3, 1, 31, NOTHING));
            assertTrue(a.send(9, 1, 91, NOTHING));
            rig.settle();
            assertEquals(31, b.receive().data0());
            assertNull(b.receive());
            assertEquals(1, rig.chips.get(0).counter(ChipCounter.TX_NO_ROUTE));
        }
    }

    @ParameterizedTest
    @MethodSource("modelsAndTriggers")
    void shouldGiveTheNextOwnerFreeBuffersWhenAContextClosedOnAFrozenChip(
            ChipModel model, TriggerMode trigger) {
        try (ChipRig rig = new ChipRig(model, 1, 1)) {
            Chip chip = rig.chips.get(0);
            FakeUser gone = rig.open(0, 1, trigger);
            int faulty = gone.takeBuffer();
            gone.write(faulty, 1, 1, 1, NOTHING);
            gone.launch(faulty, Pbc.of(544));
            chip.sweep();
            assertTrue(chip.sendBufferError(gone.firstBuffer + faulty));
            chip.freeze();
            long updates = chip.counter(ChipCounter.AVAIL_UPDATES);
            chip.closeContext(1);
            assertEquals(updates, chip.counter(ChipCounter.AVAIL_UPDATES), "frozen: no copy");
            chip.thaw();
            FakeUser next = rig.open(0, 1, trigger);
            for (int i = 0; i < 3 * next.bufferCount; i++) {
                assertTrue(next.send(1, 1, i, NOTHING), "packet " + i);
                chip.sweep();
                chip.forceAvailUpdate();
                assertEquals(i, next.receive().data0());
                next.updateHeads();
            }
            for (int buffer = 0; buffer < next.bufferCount; buffer++) {
                assertEquals(0, next.shownAvail(buffer) & 2, "busy for ever: buffer " + buffer);
            }
        }
    }

    @Test
    void shouldIgnoreAndCountAnEarlyLaunchPoint() {
        try (ChipRig rig = new ChipRig(ChipModel.IBA7220, 1, 1)) {
            FakeUser user = rig.open(0, 1, TriggerMode.INLINE);
            int buffer = user.takeBuffer();
            user.write(buffer, 1, 1, 7, NOTHING);
            user.launch(buffer, Pbc.TRIGGER.set(Pbc.ofPayload(0), 9));
            rig.settle();
            assertEquals(7, user.receive().data0());
            assertEquals(1, rig.chips.get(0).counter(ChipCounter.TX_TRIGGER_FIELD));
        }
    }

    /** By hand from the layouts: "ABCD" from LID 1 context 3 to LID 2 context 5, peer index 9. */
    private static final String WORKED_PACKET =
            "0002 0002 000f 0001" // LRH
                    + "c000ffff 00656b78 00000000" // BTH
                    + "00e0ff25 12fa 0000" // VCTO, checksum, packet flags
                    + "05 00 0900 00000003" // sub-opcode, flags, peer index, ack word
                    + "00 04 0100" // flow, bytes in the header, queue class
                    + "8877665544332211 4142434400000000"; // tag, data

    @Test
    @Fidelity({32, 79})
    void shouldCarryTheWorkedPacketByteForByte() {
        byte[] header = HexFormat.of().parseHex(WORKED_PACKET.replace(" ", ""));
        try (ChipRig rig = new ChipRig(ChipModel.IBA7220, 2, 1)) {
            FakeUser from = rig.open(0, 3, TriggerMode.SPECIAL);
            FakeUser to = rig.open(1, 5, TriggerMode.SPECIAL);
            MemorySegment.copy(
                    header, 0, from.pio(), ValueLayout.JAVA_BYTE, PioLayout.HEADER, header.length);
            from.launch(0, 0x000000000000000FL);
            rig.settle();
            byte[] entry = to.memory.rcvHdrq().asSlice(0, 128).toArray(ValueLayout.JAVA_BYTE);
            assertEquals(
                    "00".repeat(64) + WORKED_PACKET.replace(" ", "") + "0f08000001010000",
                    HexFormat.of().formatHex(entry));
        }
    }
}

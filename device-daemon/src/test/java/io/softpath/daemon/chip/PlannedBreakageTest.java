package io.softpath.daemon.chip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.Rhf;
import io.softpath.abi.register.ChipCounter;
import io.softpath.daemon.link.FaultyLink;
import io.softpath.daemon.link.LinkTrouble;
import io.softpath.fault.FaultHandler;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.EnumMap;
import java.util.Map;

/** What a chip does that a plan breaks, and how it is whole again. */
class PlannedBreakageTest {
    private static final byte[] NOTHING = {};
    private static final int BUSY = 2;

    private final Map<FaultPoint, Long> broken = new EnumMap<>(FaultPoint.class);
    private FaultHandler before;

    /** A point strikes once. */
    @BeforeEach
    void install() {
        before =
                Faults.handler(
                        new FaultHandler() {
                            @Override
                            public void passed(FaultPoint point) {}

                            @Override
                            public long strikeNs(FaultPoint point) {
                                Long ns = broken.remove(point);
                                return ns == null ? Faults.NO : ns;
                            }
                        });
    }

    @AfterEach
    void restore() {
        Faults.handler(before);
    }

    private void strike(FaultPoint point) {
        broken.put(point, Faults.FOREVER);
    }

    private void assertStruck() {
        assertTrue(broken.isEmpty(), () -> "was not passed: " + broken);
    }

    @ParameterizedTest
    @EnumSource(TriggerMode.class)
    void shouldKeepAStuckBufferBusyUntilItIsDisarmed(TriggerMode trigger) {
        ChipModel model = trigger == TriggerMode.LAST_DWORD ? ChipModel.IBA6120 : ChipModel.IBA7220;
        try (ChipRig rig = new ChipRig(model, 1, 1)) {
            Chip chip = rig.chips.get(0);
            FakeUser user = rig.open(0, 1, trigger);
            strike(FaultPoint.CHIP_STUCK_BUFFER);
            assertTrue(user.send(1, 1, 0, NOTHING));
            rig.settle();
            assertStruck();
            assertNotNull(user.receive(), "the packet has left");
            for (int i = 1; i < user.bufferCount; i++) {
                assertTrue(user.send(1, 1, i, NOTHING), "send=" + i);
                rig.settle();
                assertNotNull(user.receive(), "packet=" + i);
            }
            chip.forceAvailUpdate();
            assertEquals(BUSY, user.shownAvail(0) & BUSY);
            chip.disarm(user.sends.firstBuffer());
            chip.forceAvailUpdate();
            assertEquals(0, user.shownAvail(0) & BUSY);
            for (int i = 0; i < 3 * user.bufferCount; i++) {
                assertTrue(user.send(1, 1, i, NOTHING), "send=" + i);
                rig.settle();
                assertNotNull(user.receive(), "packet=" + i);
            }
        }
    }

    @Test
    void shouldGiveAStuckBufferToTheNextUser() {
        try (ChipRig rig = new ChipRig(ChipModel.IBA7220, 1, 1)) {
            FakeUser user = rig.open(0, 1, TriggerMode.INLINE);
            strike(FaultPoint.CHIP_STUCK_BUFFER);
            assertTrue(user.send(1, 1, 0, NOTHING));
            rig.settle();
            rig.chips.get(0).closeContext(1);
            FakeUser next = rig.open(0, 1, TriggerMode.INLINE);
            for (int i = 0; i < 3 * next.bufferCount; i++) {
                assertTrue(next.send(1, 1, i, NOTHING), "send=" + i);
                rig.settle();
                assertNotNull(next.receive(), "packet=" + i);
            }
        }
    }

    @Test
    void shouldShowWithTheNextUpdateWhatALostOneDidNot() {
        try (ChipRig rig = new ChipRig(ChipModel.IBA7220, 1, 1)) {
            Chip chip = rig.chips.get(0);
            FakeUser user = rig.open(0, 1, TriggerMode.INLINE);
            long shown = user.shownAvail(0);
            assertTrue(user.send(1, 1, 0, NOTHING));
            rig.settle();
            strike(FaultPoint.CHIP_LOST_AVAIL);
            chip.forceAvailUpdate();
            assertStruck();
            assertEquals(shown, user.shownAvail(0));
            chip.forceAvailUpdate();
            assertNotEquals(shown, user.shownAvail(0));
        }
    }

    @Test
    void shouldDropAndCountWhatAFullHeaderQueueHasNoEntryFor() {
        try (ChipRig rig = new ChipRig(ChipModel.IBA7220, 1, 1)) {
            FakeUser user = rig.open(0, 1, TriggerMode.INLINE);
            strike(FaultPoint.CHIP_HEADER_QUEUE_FULL);
            assertTrue(user.send(1, 1, 1, NOTHING));
            assertTrue(user.send(1, 1, 2, NOTHING));
            rig.settle();
            assertStruck();
            assertEquals(2, user.receive().data0());
            assertNull(user.receive());
            assertEquals(1, rig.countPerContext(ChipCounter.HDRQ_FULL));
        }
    }

    @Test
    void shouldTellOfAPayloadThatThereWasNoEagerBufferFor() {
        byte[] payload = {1, 2, 3, 4};
        try (ChipRig rig = new ChipRig(ChipModel.IBA7220, 1, 1)) {
            FakeUser user = rig.open(0, 1, TriggerMode.INLINE);
            strike(FaultPoint.CHIP_EAGER_EXHAUSTED);
            assertTrue(user.send(1, 1, 1, payload));
            assertTrue(user.send(1, 1, 2, payload));
            rig.settle();
            assertStruck();
            assertEquals(Rhf.TIDERR, Rhf.errors(user.receive().rhf()));
            assertArrayEquals(payload, user.receive().payload());
            assertEquals(1, rig.countPerContext(ChipCounter.EGR_OVFL));
        }
    }

    @Test
    void shouldDoToOnePacketOfTheLinkWhatAPlanSays() {
        long[] now = {0};
        LinkTrouble none = LinkTrouble.NONE;
        FaultyLink[] link = new FaultyLink[1];
        try (ChipRig rig =
                new ChipRig(
                        ChipModel.IBA7220,
                        1,
                        1,
                        fabric -> link[0] = new FaultyLink(fabric, none, () -> now[0]))) {
            FakeUser user = rig.open(0, 1, TriggerMode.INLINE);
            strike(FaultPoint.LINK_DROP);
            assertTrue(user.send(1, 1, 1, NOTHING));
            rig.settle();
            assertNull(user.receive(), "lost");
            strike(FaultPoint.LINK_CORRUPT);
            assertTrue(user.send(1, 1, 2, NOTHING));
            rig.settle();
            assertEquals(Rhf.ICRCERR, Rhf.errors(user.receive().rhf()));
            strike(FaultPoint.LINK_DUPLICATE);
            assertTrue(user.send(1, 1, 3, NOTHING));
            rig.settle();
            assertEquals(3, user.receive().data0());
            assertEquals(1, link[0].poll());
            assertEquals(3, user.receive().data0());
            strike(FaultPoint.LINK_REORDER);
            assertTrue(user.send(1, 1, 4, NOTHING));
            assertTrue(user.send(1, 1, 5, NOTHING));
            rig.settle();
            assertEquals(5, user.receive().data0());
            now[0] += 1_000_000;
            assertEquals(1, link[0].poll());
            assertEquals(4, user.receive().data0());
            broken.put(FaultPoint.LINK_DELAY, 500L);
            assertTrue(user.send(1, 1, 6, NOTHING));
            rig.settle();
            now[0] += 499;
            assertEquals(0, link[0].poll());
            now[0] += 1;
            assertEquals(1, link[0].poll());
            assertEquals(6, user.receive().data0());
            assertStruck();
        }
    }
}

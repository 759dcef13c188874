package io.softpath.abi.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Dirty;
import io.softpath.abi.Fidelity;
import io.softpath.abi.register.NamedField;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;

class PbcTest {
    @Test
    @Fidelity(18)
    void shouldCountEveryDwordButTheFirst() {
        assertEquals(15, Pbc.lengthDwords(Pbc.ofPayload(0)));
        assertEquals(527, Pbc.lengthDwords(Pbc.ofPayload(2048)));
        assertEquals(0xFL, Pbc.ofPayload(0));
        assertEquals(0x20FL, Pbc.ofPayload(2048));
        assertEquals(15, Pbc.MIN_LENGTH_DWORDS);
        assertEquals(0, Pbc.payloadBytes(15));
        assertEquals(2048, Pbc.payloadBytes(527));
        assertTrue(Pbc.payloadBytes(14) < 0);
    }

    @Test
    void shouldHaveTheChipsBits() {
        assertEquals(0x7FFL, Pbc.LENGTH.mask());
        assertEquals(0x03FF_8000L, Pbc.TRIGGER.mask());
        assertEquals(1L << 29, Pbc.TEST_EBP.mask());
        assertEquals(1L << 30, Pbc.TEST.mask());
        assertEquals(1L << 31, Pbc.INTR.mask());
        assertEquals(0x3FFFL << 32, Pbc.RATE.mask());
        assertEquals(0xFFFL << 46, Pbc.LAUNCH.mask());
        assertEquals(1L << 58, Pbc.PORT.mask());
        assertEquals(7L << 59, Pbc.VL.mask());
        assertEquals(1L << 63, Pbc.VL15.mask());
    }

    @Test
    void shouldKeepNeighbouringFieldsWhenOneIsSet() {
        for (NamedField named : Pbc.FIELDS) {
            assertEquals(~named.field().mask(), named.field().set(-1L, 0), named.name());
        }
        assertEquals(~(0xFFFL << 46), Pbc.withLaunchTag(-1L, 0));
    }

    @Test
    void shouldCountLaunchTagsFrom1To4095AndAgain() {
        assertEquals(1, Pbc.nextLaunchTag(Pbc.NO_LAUNCH_TAG));
        assertEquals(4095, Pbc.nextLaunchTag(4094));
        assertEquals(1, Pbc.nextLaunchTag(4095));
        long pbc = Pbc.withLaunchTag(Pbc.of(15), 4095);
        assertEquals(4095, Pbc.launchTag(pbc));
        assertEquals(15, Pbc.lengthDwords(pbc));
        assertThrows(IllegalArgumentException.class, () -> Pbc.withLaunchTag(0, 4096));
    }

    @Test
    void shouldPassOverTheLaunchTagThatABufferCarries() {
        assertEquals(1, Pbc.nextLaunchTag(Pbc.NO_LAUNCH_TAG, Pbc.NO_LAUNCH_TAG));
        assertEquals(8, Pbc.nextLaunchTag(7, 7));
        assertEquals(9, Pbc.nextLaunchTag(7, 8));
        assertEquals(1, Pbc.nextLaunchTag(4094, 4095));
        assertEquals(2, Pbc.nextLaunchTag(4095, 1));
    }

    @Test
    void shouldCountHowFarALaunchTagIsAheadAroundTheCircle() {
        assertEquals(1, Pbc.launchesAhead(Pbc.NO_LAUNCH_TAG, 1));
        assertEquals(4095, Pbc.launchesAhead(Pbc.NO_LAUNCH_TAG, 4095));
        assertEquals(1, Pbc.launchesAhead(4095, 1));
        assertEquals(3, Pbc.launchesAhead(4094, 2));
        assertEquals(4095, Pbc.launchesAhead(17, 17));
        assertEquals(4094, Pbc.launchesAhead(17, 16));
    }

    @Test
    void shouldRefuseWhatDoesNotFit() {
        assertThrows(IllegalArgumentException.class, () -> Pbc.of(2048));
        assertThrows(IllegalArgumentException.class, () -> Pbc.of(-1));
        String message =
                assertThrows(IllegalArgumentException.class, () -> Pbc.ofPayload(3)).getMessage();
        assertTrue(message.contains("payloadBytes=3 multipleOf=4"), message);
    }

    @Test
    void shouldStoreLittleEndianAndTheMagicAtTheEndOfThePage() {
        MemorySegment buffer = Dirty.segment(4096);
        Pbc.put(buffer, 0, Pbc.withLaunchTag(Pbc.of(527), 1));
        Pbc.putTrigger(buffer, Pbc.SPECIAL_TRIGGER_OFFSET, Pbc.SPECIAL_TRIGGER_MAGIC);
        assertEquals("0f02000000400000" + Dirty.dirt(4084) + "decebeae", Dirty.hex(buffer));
        assertEquals(Pbc.SPECIAL_TRIGGER_MAGIC, Pbc.getTrigger(buffer, 4092));
        assertEquals(1, Pbc.launchTag(Pbc.get(buffer, 0)));
        Pbc.putPlain(buffer, 8, 1);
        assertEquals(1, Pbc.get(buffer, 8));
    }
}

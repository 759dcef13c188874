package io.softpath.daemon.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.softpath.abi.Fidelity;
import io.softpath.error.Errno;

import org.junit.jupiter.api.Test;

@Fidelity(40)
class PartitionKeyTableTest {
    private final int[] chip = new int[4];
    private final PartitionKeyTable table =
            new PartitionKeyTable((slot, pkey) -> chip[slot] = pkey);
    private final PartitionKeyTable.Held a = new PartitionKeyTable.Held();
    private final PartitionKeyTable.Held b = new PartitionKeyTable.Held();

    private void assertRefused(Errno errno, Answer answer) {
        assertEquals(-errno.number(), answer.result(), answer.sentence());
    }

    @Test
    void shouldDoNothingForTheDefaultKey() {
        assertEquals(0, table.add(a, 0xFFFF).result());
        assertEquals(0, table.add(a, 0x7FFF).result());
        assertArrayEquals(new int[4], chip);
    }

    @Test
    void shouldRefuseAZeroKey() {
        assertRefused(Errno.EINVAL, table.add(a, 0));
        assertRefused(Errno.EINVAL, table.add(a, 0x8000));
    }

    @Test
    void shouldForceFullMembershipAndRefuseTheSameKeyTwice() {
        assertEquals(0, table.add(a, 0x0005).result());
        assertArrayEquals(new int[] {0x8005, 0, 0, 0}, chip);
        assertRefused(Errno.EEXIST, table.add(a, 0x8005));
        assertRefused(Errno.EEXIST, table.add(a, 0x0005));
    }

    @Test
    void shouldCountReferencesOverContexts() {
        table.add(a, 5);
        table.add(b, 5);
        assertEquals(2, table.referencesAt(0));
        table.dropAll(a);
        assertEquals(0x8005, chip[0]);
        table.dropAll(b);
        assertArrayEquals(new int[4], chip);
        table.dropAll(b);
        assertEquals(0, table.referencesAt(0));
    }

    @Test
    void shouldHoldFourKeysPerContextAndFourInTheChip() {
        for (int key = 1; key <= 4; key++) {
            assertEquals(0, table.add(a, key).result());
        }
        assertRefused(Errno.EBUSY, table.add(a, 5));
        assertRefused(Errno.EBUSY, table.add(b, 5));
        assertEquals(0, table.add(b, 4).result());
        table.dropAll(a);
        assertArrayEquals(new int[] {0, 0, 0, 0x8004}, chip);
        assertEquals(0, table.add(b, 5).result());
        assertArrayEquals(new int[] {0x8005, 0, 0, 0x8004}, chip);
    }
}

package io.softpath.daemon.chip;

import io.softpath.abi.packet.Bth;

/**
 * The chip's partition keys: four that the driver programs, and the default key that always
 * matches.
 *
 * <p>The top bit tells full from limited membership; the driver programs full members only, so the
 * lower 15 bits decide. Source: ipath_file_ops.c, ipath_set_part_key.
 */
final class PartitionKeys {
    static final int SLOTS = 4;
    private static final int KEY_MASK = 0x7FFF;

    private final int[] slots = new int[SLOTS];

    void set(int slot, int pkey) {
        slots[slot] = pkey & 0xFFFF;
    }

    int get(int slot) {
        return slots[slot];
    }

    boolean accepts(int pkey) {
        int key = pkey & KEY_MASK;
        if (key == (Bth.DEFAULT_PKEY & KEY_MASK)) {
            return true;
        }
        if (key == 0) {
            return false;
        }
        for (int slot : slots) {
            if (key == (slot & KEY_MASK)) {
                return true;
            }
        }
        return false;
    }
}

package io.softpath.daemon.control;

import io.softpath.abi.packet.Bth;
import io.softpath.error.Errno;

/**
 * The partition keys of one unit: a table of four in the chip, shared and counted, and at most four
 * per context.
 *
 * <p>A key has 15 bits and a membership bit (bit 15). A user may only add full-member keys and
 * cannot take one back; closing the context drops its references, and a key without references
 * leaves the chip. Source: qib_file_ops.c, qib_set_part_key.
 */
final class PartitionKeyTable {
    /** Places in the chip's table, and the most that one context may hold. */
    static final int SLOTS = 4;

    private static final int KEY_MASK = 0x7FFF;
    private static final int DEFAULT_KEY = 0x7FFF;

    /** Writes one slot of the chip's table; 0 empties it. */
    interface Table {
        void set(int slot, int pkey);
    }

    private final Table table;
    private final int[] keys = new int[SLOTS];
    private final int[] references = new int[SLOTS];

    PartitionKeyTable(Table table) {
        this.table = table;
    }

    /** The keys that one context holds. */
    static final class Held {
        private int[] keys = new int[SLOTS];

        /** The four keys, 16 bits each, the first lowest. */
        long packed() {
            long packed = 0;
            for (int i = 0; i < SLOTS; i++) {
                packed |= (long) keys[i] << i * Short.SIZE;
            }
            return packed;
        }

        private boolean holds(int key) {
            for (int held : keys) {
                if (held == key) {
                    return true;
                }
            }
            return false;
        }

        private int freePlace() {
            for (int i = 0; i < SLOTS; i++) {
                if (keys[i] == 0) {
                    return i;
                }
            }
            return -1;
        }
    }

    /** Adds {@code pkey} for the holder, or says why not; a refusal changes nothing. */
    Answer add(Held holder, int pkey) {
        if ((pkey & KEY_MASK) == DEFAULT_KEY) {
            return Answer.OK;
        }
        if ((pkey & KEY_MASK) == 0) {
            return Answer.refuse(
                    Errno.EINVAL,
                    "set partition key: pkey=0x%04x has a zero key, choose 0x0001..0x7ffe"
                            .formatted(pkey & 0xFFFF));
        }
        int key = pkey & KEY_MASK | Bth.PKEY_FULL_MEMBER;
        if (holder.holds(key)) {
            return Answer.refuse(
                    Errno.EEXIST,
                    "set partition key: pkey=0x%04x is already set by this context".formatted(key));
        }
        int place = holder.freePlace();
        if (place < 0) {
            return Answer.refuse(
                    Errno.EBUSY,
                    "set partition key: pkey=0x%04x, this context holds limit=%d keys already"
                            .formatted(key, SLOTS));
        }
        int free = -1;
        for (int slot = 0; slot < SLOTS; slot++) {
            if (references[slot] == 0) {
                free = free < 0 ? slot : free;
            } else if (keys[slot] == key) {
                references[slot]++;
                holder.keys[place] = key;
                return Answer.OK;
            } else if ((keys[slot] & KEY_MASK) == (key & KEY_MASK)) {
                return Answer.refuse(
                        Errno.EEXIST,
                        "set partition key: pkey=0x%04x is in the chip with other membership as 0x%04x"
                                .formatted(key, keys[slot]));
            }
        }
        if (free < 0) {
            return Answer.refuse(
                    Errno.EBUSY,
                    "set partition key: pkey=0x%04x, the chip's table of %d keys is full; a key leaves when its last context closes"
                            .formatted(key, SLOTS));
        }
        references[free] = 1;
        keys[free] = key;
        holder.keys[place] = key;
        table.set(free, key);
        return Answer.OK;
    }

    /** Drops every reference of the holder. */
    void dropAll(Held holder) {
        for (int place = 0; place < SLOTS; place++) {
            int key = holder.keys[place];
            holder.keys[place] = 0;
            for (int slot = 0; key != 0 && slot < SLOTS; slot++) {
                if (references[slot] > 0 && keys[slot] == key) {
                    references[slot]--;
                    if (references[slot] == 0) {
                        keys[slot] = 0;
                        table.set(slot, 0);
                    }
                    break;
                }
            }
        }
    }

    int keyAt(int slot) {
        return keys[slot];
    }

    int referencesAt(int slot) {
        return references[slot];
    }
}

package io.softpath.faults.fuzz;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;

/** Where everything that a hostile client does comes from: one seed. */
final class Dice {
    private static final int MEMORY = 256;

    private final SplittableRandom random;

    /** Values that were good, or were said before, somewhere: to be said again, elsewhere. */
    private final long[] seen = new long[MEMORY];

    private int seenCount;

    Dice(long seed) {
        random = new SplittableRandom(seed);
    }

    /** The seed of a part of a run, so that the part can be had without what came before. */
    static long seed(long ofRun, long part) {
        return new SplittableRandom(ofRun ^ part * 0x9E37_79B9_7F4A_7C15L).nextLong();
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    boolean oneIn(int times) {
        return random.nextInt(times) == 0;
    }

    long any() {
        return random.nextLong();
    }

    <T> T of(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    void remember(long value) {
        seen[seenCount++ % MEMORY] = value;
    }

    /** Something else for a field: of a neighbour, at a boundary, of another field, or anything. */
    long mutate(long good, int bits) {
        long most = -1L >>> Long.SIZE - bits;
        long value =
                switch (random.nextInt(10)) {
                    case 0, 1 -> good ^ 1L << random.nextInt(bits);
                    case 2 -> 0;
                    case 3 -> most;
                    case 4 -> (1L << bits - 1) + random.nextInt(3) - 1;
                    case 5, 6 -> good + (random.nextBoolean() ? 1 : -1) * (1L + random.nextInt(8));
                    case 7 -> seen[random.nextInt(MEMORY)];
                    case 8 -> random.nextInt(64);
                    default -> random.nextLong();
                };
        return value & most;
    }

    /** Makes something else of a little-endian word of so many bytes. */
    void mutate(MemorySegment memory, long at, int bytes) {
        long value = mutate(word(memory, at, bytes), bytes * Byte.SIZE);
        for (int i = 0; i < bytes; i++) {
            memory.set(ValueLayout.JAVA_BYTE, at + i, (byte) (value >>> i * Byte.SIZE));
        }
    }

    /** A little-endian word of so many bytes. */
    static long word(MemorySegment memory, long at, int bytes) {
        long value = 0;
        for (int i = bytes - 1; i >= 0; i--) {
            value = value << Byte.SIZE | memory.get(ValueLayout.JAVA_BYTE, at + i) & 0xFF;
        }
        return value;
    }
}

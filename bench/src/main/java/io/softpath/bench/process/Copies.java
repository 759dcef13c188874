package io.softpath.bench.process;

import java.lang.foreign.MemorySegment;

/** What copies of memory by one thread take: transfers are compared with it. */
public final class Copies {
    /** So many bytes are copied between two looks at the clock, which costs something itself. */
    private static final long BATCH_BYTES = 1 << 20;

    private static final int LEAST = 3;

    /** Until small copies are compiled, where little is measured. */
    private static final long LEAST_WARM_UP_NS = 100_000_000L;

    private Copies() {}

    /**
     * Copies the first bytes again and again, at least as long to warm up as is measured.
     *
     * @param from what {@link Pattern#fill} has written
     * @throws IllegalStateException if the copy is another
     */
    public static Timed run(MemorySegment from, MemorySegment to, long bytes, long measuredNs) {
        long perBatch = Math.max(BATCH_BYTES / bytes, 1);
        Runnable batch =
                () -> {
                    for (long i = 0; i < perBatch; i++) {
                        MemorySegment.copy(from, 0, to, 0, bytes);
                    }
                };
        to.asSlice(0, bytes).fill((byte) 0);
        Timed.run(batch, Math.max(measuredNs, LEAST_WARM_UP_NS), LEAST);
        Timed timed = Timed.run(batch, measuredNs, LEAST);
        Pattern.check(to, bytes);
        return new Timed(timed.count() * perBatch, timed.ns());
    }
}

package io.softpath.linux;

import java.lang.foreign.MemorySegment;

/** Gives pages of shared memory back to the kernel: whoever reads them next reads zeros. */
public final class HolePuncher {
    private static final int MADV_REMOVE = 9;

    private HolePuncher() {}

    /**
     * What fallocate with FALLOC_FL_PUNCH_HOLE does to the file behind a mapping.
     *
     * @param writable a slice of a shared, writable mapping that starts on a page and ends on one
     * @throws io.softpath.error.SoftpathException EACCES: the mapping is not writable
     */
    public static void punch(MemorySegment writable) {
        int result =
                NativeCalls.callInt(
                        NativeCalls.MADVISE, writable.address(), writable.byteSize(), MADV_REMOVE);
        NativeCalls.check("madvise", result, "advice=MADV_REMOVE");
    }
}

package io.softpath.linux;

/** What a mapping allows: the kernel's PROT bits. */
public enum Protection {
    /** Loads only; the segment refuses stores. */
    READ_ONLY(1),

    /**
     * Stores only, as far as the kernel's tables say. The page tables of x86-64 and aarch64 have no
     * such thing, so a load works all the same: whoever hands such memory out must hand it out as a
     * type without loads.
     */
    WRITE_ONLY(2),

    READ_WRITE(3);

    private final int bits;

    Protection(int bits) {
        this.bits = bits;
    }

    int bits() {
        return bits;
    }
}

package io.softpath.abi.register;

/** What a user process may do with a register or a region. */
public enum Access {
    READ_ONLY,
    WRITE_ONLY,
    READ_WRITE;

    /** Whether a user may load from it. */
    public boolean readable() {
        return this != WRITE_ONLY;
    }

    /** Whether a user may store to it. */
    public boolean writable() {
        return this != READ_ONLY;
    }
}

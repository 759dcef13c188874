package io.softpath.daemon.chip;

/** How the chip notices that a PIO buffer was launched; fixed when the context is opened. */
public enum TriggerMode {
    /**
     * The dword at the end named by the PBC was written. Shared memory has no store event, so the
     * chip keeps a random value in each free buffer and looks for another one. Source:
     * ipath_write_pio-x86_64.c, natural order.
     */
    LAST_DWORD,
    /**
     * The magic value at dword 1023 was written; the chip takes it away again when it has launched.
     * Source: ipath_common.h, IPATH_RUNTIME_SPECIAL_TRIGGER.
     */
    SPECIAL,
    /**
     * The launch tag in the PBC changed. An extension of softpath that a client asks for: the PBC
     * is stored last, so one cache line carries a tiny message and its trigger. The tags are also
     * the only thing that says in which order several buffers were launched.
     */
    INLINE
}

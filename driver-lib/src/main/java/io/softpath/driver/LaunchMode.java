package io.softpath.driver;

/** How the last store into a PIO buffer tells the chip to send it. */
public enum LaunchMode {
    /**
     * The PBC, stored last, carries the buffer's launch tag: one cache line holds a tiny message
     * and its trigger. The daemon must have granted it; the library's default.
     */
    INLINE,

    /**
     * A magic value at dword 1023, stored last. Source: ipath_common.h,
     * IPATH_RUNTIME_SPECIAL_TRIGGER.
     */
    SPECIAL,

    /**
     * The PBC first, then the rest in order, the packet's last dword last. Source: psm
     * ipath_write_pio-x86_64.c, ipath_write_pio_force_order.
     */
    LAST_DWORD
}

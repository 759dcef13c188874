package io.softpath.abi.packet;

/**
 * Where things are in one PIO buffer.
 *
 * <pre>
 *  byte 0     8                64                          4092 (dword 1023)
 * +---------+-----------------+---------------- ~ --------+-----------------+
 * | PBC     | message header  | payload                   | special trigger |
 * +---------+-----------------+---------------- ~ --------+-----------------+
 * </pre>
 *
 * The user writes the buffer while it is free; the chip owns it from the launch until it is free
 * again. Source: ipath_write_pio-x86_64.c.
 */
public final class PioLayout {
    /** Byte offset of the per-buffer control qword. */
    public static final int PBC = 0;

    /** Byte offset of the message header. */
    public static final int HEADER = PBC + Pbc.BYTES;

    /** Byte offset of the payload: a message without payload is one cache line. */
    public static final int PAYLOAD = HEADER + MessageHeader.BYTES;

    private PioLayout() {}

    /**
     * Byte offset of the last dword of a packet: a PBC counts every dword of the buffer but the
     * first.
     *
     * @param lengthDwords length field of the PBC
     */
    public static int lastDwordOffset(int lengthDwords) {
        return lengthDwords * Integer.BYTES;
    }
}

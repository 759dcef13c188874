package io.softpath.abi.register;

import static io.softpath.abi.register.Access.READ_ONLY;
import static io.softpath.abi.register.Access.READ_WRITE;

import java.util.List;

/**
 * The register page of one context. Source: ipath_common.h, enum ipath_ureg.
 *
 * <pre>
 *  byte 0            8             16               24               32
 *      +-------------+-------------+----------------+----------------+-----------
 *      | rcvhdrtail  | rcvhdrhead  | rcvegrindextail| rcvegrindexhead| reads as 0
 *      +-------------+-------------+----------------+----------------+-----------
 * writer:  chip          user            chip             user
 * </pre>
 *
 * The header registers count dwords from the start of rcvhdrq, the eager registers count buffers.
 * When a context is enabled the chip sets the first two to 0. Only IBA7322 has a second page, with
 * the TID flow table ({@link TidFlow}).
 */
public final class UserRegisters {
    public static final Register RCVHDRTAIL =
            new Register(
                    "rcvhdrtail", 0, READ_ONLY, "next rcvhdrq entry the chip fills, in dwords");
    public static final Register RCVHDRHEAD =
            new Register(
                    "rcvhdrhead", 8, READ_WRITE, "next rcvhdrq entry the user reads, in dwords");
    public static final Register RCVEGRINDEXTAIL =
            new Register(
                    "rcvegrindextail",
                    16,
                    READ_ONLY,
                    "next eager buffer the chip fills, as an index");
    public static final Register RCVEGRINDEXHEAD =
            new Register(
                    "rcvegrindexhead",
                    24,
                    READ_WRITE,
                    "last eager buffer the user has finished with");

    /** Where IBA7322 puts the TID flow table: the second page. */
    public static final int RCVTIDFLOW_OFFSET = 4096;

    public static final int PAGE_BYTES = 4096;

    /** Byte offset of a flow's register from the first page on; 32 bits of 64 are used. */
    public static long tidFlow(int flow) {
        return RCVTIDFLOW_OFFSET + 8L * flow;
    }

    /**
     * The part of rcvhdrhead that is the head. The upper half arms interrupts, and only the driver
     * may set it: a user of the real chip stores 32 bits.
     */
    public static final Field HEAD = new Field(0, 32);

    /** The part of rcvhdrhead that asks for an interrupt after so many packets. */
    public static final Field INTERRUPT_COUNT = new Field(32, 32);

    public static final List<Register> ALL =
            Register.table(RCVHDRTAIL, RCVHDRHEAD, RCVEGRINDEXTAIL, RCVEGRINDEXHEAD);

    private UserRegisters() {}
}

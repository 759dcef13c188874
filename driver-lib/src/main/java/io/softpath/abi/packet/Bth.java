package io.softpath.abi.packet;

import io.softpath.abi.register.Field;
import io.softpath.abi.register.NamedField;

import java.util.List;

/**
 * Base transport header (BTH): the 12 bytes after the LRH, as three ints in wire order, that is
 * loaded big-endian.
 *
 * <pre>
 *          31   30   29    24 23 22 21 20 19  16 15              0
 *         +-------------------+-----+-----+------+----------------+
 *  bth0   |      opcode       |     | pad |      |     P_Key      |
 *         +----+----+---------+-----+-----+------+----------------+
 *  bth1   |fecn|becn|   rsv   |         destination QP            |
 *         +----+----+---------+-----------------------------------+
 *  bth2   |        rsv        |     packet sequence number        |
 *         +-------------------+-----------------------------------+
 * </pre>
 *
 * Source: InfiniBand Architecture 1.2, 9.2; psm ipath_proto.h.
 */
public final class Bth {
    public static final Field OPCODE = new Field(24, 8);
    public static final Field PAD = new Field(20, 2);
    public static final Field PKEY = new Field(0, 16);
    public static final Field FECN = new Field(31, 1);
    public static final Field BECN = new Field(30, 1);
    public static final Field QP = new Field(0, 24);
    public static final Field PSN = new Field(0, 24);

    /** What PSM sends: an opcode from the manufacturer's range. */
    public static final int OPCODE_PSM = 0xC0;

    /** The partition key that every port has: full member of the default partition. */
    public static final int DEFAULT_PKEY = 0xFFFF;

    /** The bit of a partition key that tells full members from limited ones. */
    public static final int PKEY_FULL_MEMBER = 0x8000;

    /** The fields of the first dword, lowest first. */
    public static final List<NamedField> BTH0_FIELDS =
            NamedField.table(
                    new NamedField("pkey", PKEY, "partition key"),
                    new NamedField("pad", PAD, "padding bytes at the end of the payload"),
                    new NamedField("opcode", OPCODE, "0xC0, PSM"));

    /** The fields of the second dword, lowest first. */
    public static final List<NamedField> BTH1_FIELDS =
            NamedField.table(
                    new NamedField("qp", QP, "destination QP"),
                    new NamedField("becn", BECN, "backward congestion mark"),
                    new NamedField("fecn", FECN, "forward congestion mark"));

    /** The field of the third dword. */
    public static final List<NamedField> BTH2_FIELDS =
            NamedField.table(new NamedField("psn", PSN, "packet sequence number"));

    private Bth() {}

    public static int opcode(int bth0) {
        return bth0 >>> 24;
    }

    /** Bytes of the payload's last dword that are padding. */
    public static int padBytes(int bth0) {
        return bth0 >>> 20 & 3;
    }

    public static int pkey(int bth0) {
        return bth0 & 0xFFFF;
    }

    public static int qp(int bth1) {
        return bth1 & 0xFFFFFF;
    }

    public static int psn(int bth2) {
        return bth2 & 0xFFFFFF;
    }

    /**
     * The first dword.
     *
     * @throws IllegalArgumentException if a value does not fit its field
     */
    public static int bth0(int opcode, int padBytes, int pkey) {
        return (int) PKEY.set(PAD.set(OPCODE.set(0, opcode), padBytes), pkey);
    }

    /**
     * The second dword, without congestion marks.
     *
     * @throws IllegalArgumentException if the QP has more than 24 bits
     */
    public static int bth1(int qp) {
        return (int) QP.set(0, qp);
    }

    /**
     * The third dword.
     *
     * @throws IllegalArgumentException if the sequence number has more than 24 bits
     */
    public static int bth2(int psn) {
        return (int) PSN.set(0, psn);
    }
}

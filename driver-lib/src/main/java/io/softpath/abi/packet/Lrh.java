package io.softpath.abi.packet;

import io.softpath.abi.register.Field;
import io.softpath.abi.register.NamedField;

import java.util.List;

/**
 * Local routing header (LRH): the first 8 bytes of an InfiniBand packet, as a long in wire order,
 * that is loaded big-endian.
 *
 * <pre>
 *  63  60 59   56 55  52 51 50 49 48 47     32 31            16 15     0
 * +------+-------+------+-----+-----+---------+----------------+--------+
 * |  vl  | lver  |  sl  | rsv | lnh |  dlid   | length, dwords |  slid  |
 * +------+-------+------+-----+-----+---------+----------------+--------+
 * </pre>
 *
 * {@code length} runs from the LRH to the invariant CRC, both included. InfiniBand uses 11 of its
 * 16 bits; all 16 are decoded so that a set reserved bit is noticed. Source: InfiniBand
 * Architecture 1.2, 7.7; ipath_common.h.
 */
public final class Lrh {
    public static final Field VL = new Field(60, 4);
    public static final Field LVER = new Field(56, 4);
    public static final Field SL = new Field(52, 4);
    public static final Field LNH = new Field(48, 2);
    public static final Field DLID = new Field(32, 16);
    public static final Field LENGTH = new Field(16, 16);
    public static final Field SLID = new Field(0, 16);

    /**
     * Link next header: a BTH follows. The other value in use, 3, announces a GRH and is never used
     * here.
     */
    public static final int LNH_BTH = 2;

    /** The last LID of a single port; those above are multicast or reserved. */
    public static final int MAX_UNICAST_LID = 0xBFFF;

    /** The fields, lowest first. */
    public static final List<NamedField> FIELDS =
            NamedField.table(
                    new NamedField("slid", SLID, "source LID"),
                    new NamedField("length", LENGTH, "dwords from LRH to invariant CRC"),
                    new NamedField("dlid", DLID, "destination LID"),
                    new NamedField("lnh", LNH, "next header: 2, a BTH"),
                    new NamedField("sl", SL, "service level"),
                    new NamedField("lver", LVER, "link version, 0"),
                    new NamedField("vl", VL, "virtual lane"));

    private Lrh() {}

    public static int lnh(long lrh) {
        return (int) LNH.get(lrh);
    }

    public static int vl(long lrh) {
        return (int) VL.get(lrh);
    }

    public static int sl(long lrh) {
        return (int) SL.get(lrh);
    }

    public static int dlid(long lrh) {
        return (int) DLID.get(lrh);
    }

    public static int lengthDwords(long lrh) {
        return (int) LENGTH.get(lrh);
    }

    public static int slid(long lrh) {
        return (int) SLID.get(lrh);
    }

    /** The LRH with another packet length. */
    public static long withLength(long lrh, int lengthDwords) {
        return LENGTH.set(lrh, lengthDwords);
    }

    /**
     * An LRH that announces a BTH.
     *
     * @throws IllegalArgumentException if a value does not fit its field
     */
    public static long of(int vl, int sl, int dlid, int lengthDwords, int slid) {
        long lrh = LNH.set(0, LNH_BTH);
        lrh = VL.set(lrh, vl);
        lrh = SL.set(lrh, sl);
        lrh = DLID.set(lrh, dlid);
        lrh = LENGTH.set(lrh, lengthDwords);
        return SLID.set(lrh, slid);
    }
}

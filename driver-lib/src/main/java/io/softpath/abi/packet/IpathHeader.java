package io.softpath.abi.packet;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.register.Field;
import io.softpath.abi.register.NamedField;

import java.util.List;

/**
 * The InfiniPath header: the 8 bytes after the BTH that the chip itself reads; little-endian.
 *
 * <pre>
 *          31     28 27     24 23            13 12             0
 *         +---------+---------+----------------+----------------+
 *  vcto   | version | context |      TID       | offset, dwords |
 *         +---------+---------+----------------+----------------+
 *          15                                                  0
 *         +-----------------------------------------------------+
 *  chksum | 2 + LRH length - vcto high - vcto low - flags       |
 *         +-----------------------------------------------------+
 *  flags  | r (10)     | peer index, top (4) | HDRSUPP | INTR   |
 *         +-----------------------------------------------------+
 * </pre>
 *
 * Source: ipath_common.h, struct ether_header and INFINIPATH_KPF_*; psm ipath_proto.h.
 */
public final class IpathHeader {
    public static final Field VERSION_FIELD = new Field(28, 4);
    public static final Field CONTEXT = new Field(24, 4);
    public static final Field TID = new Field(13, 11);
    public static final Field OFFSET = new Field(0, 13);

    /** The only version that the chip accepts. */
    public static final int VERSION = 2;

    /** The TID of an eager packet: all ones. */
    public static final int TID_EAGER = 0x7FF;

    /** Packet flag: raise RcvUrg for the receiving context. */
    public static final int INTR = 1;

    /** Packet flag: drop the header entry if the TID flow check passes; IBA7322. */
    public static final int HDRSUPP = 2;

    /** The fields of the first dword, lowest first. */
    public static final List<NamedField> VCTO_FIELDS =
            NamedField.table(
                    new NamedField("offset", OFFSET, "dwords from the start of the TID's page"),
                    new NamedField("tid", TID, "TID; 0x7FF for an eager packet"),
                    new NamedField("context", CONTEXT, "destination context, 4 bits of it"),
                    new NamedField("version", VERSION_FIELD, "2"));

    private IpathHeader() {}

    /**
     * The version, context, TID and offset word.
     *
     * @throws IllegalArgumentException if a value does not fit its field
     */
    public static int vcto(int version, int context, int tid, int offsetDwords) {
        long vcto = VERSION_FIELD.set(0, version);
        vcto = CONTEXT.set(vcto, context);
        vcto = TID.set(vcto, tid);
        return (int) OFFSET.set(vcto, offsetDwords);
    }

    public static int version(int vcto) {
        return vcto >>> 28;
    }

    /**
     * The 4-bit context field; {@link #context(ChipModel.Family, int, int)} makes a context number
     * of it.
     */
    public static int context(int vcto) {
        return vcto >>> 24 & 0xF;
    }

    public static int tid(int vcto) {
        return vcto >>> 13 & 0x7FF;
    }

    public static int offsetDwords(int vcto) {
        return vcto & 0x1FFF;
    }

    /** The checksum of a packet with a BTH behind its LRH; 16 bits. */
    public static int checksum(int lengthDwords, int vcto, int pktFlags) {
        return (Lrh.LNH_BTH + lengthDwords - (vcto >>> 16) - (vcto & 0xFFFF) - pktFlags) & 0xFFFF;
    }

    /**
     * The chip's check: next header and length equal the sum of the four other 16-bit values,
     * modulo 65536.
     */
    public static boolean checksumMatches(
            int lnh, int lengthDwords, int vcto, int chksum, int pktFlags) {
        int sum = (vcto >>> 16) + (vcto & 0xFFFF) + pktFlags + chksum;
        return ((lnh + lengthDwords - sum) & 0xFFFF) == 0;
    }

    /**
     * The 4-bit field that names a context of a destination of this class.
     *
     * @throws IllegalArgumentException if a chip of this class cannot have such a context
     */
    public static int contextField(ChipModel.Family family, int context) {
        checkContext(family, context);
        return switch (family) {
            case QLE71XX -> context;
            case QLE72XX -> Math.min(context, 15);
            case QLE73XX -> context & 0xF;
        };
    }

    /**
     * The destination QP that goes with {@link #contextField}: the base with bit 0 flipped where
     * the class uses it as the fifth context bit. On QLE73XX that bit is the context's bit 4
     * itself.
     *
     * @throws IllegalArgumentException if a chip of this class cannot have such a context
     */
    public static int qp(ChipModel.Family family, int qpBase, int context) {
        checkContext(family, context);
        return switch (family) {
            case QLE71XX -> qpBase;
            case QLE72XX -> context == 16 ? qpBase ^ 1 : qpBase;
            case QLE73XX -> (qpBase & ~1) | (context >>> 4);
        };
    }

    /**
     * The context that a field and a QP name, for a destination whose QP base is {@link
     * ChipModel#QP_BASE}.
     */
    public static int context(ChipModel.Family family, int field, int qp) {
        return context(family, ChipModel.QP_BASE, field, qp);
    }

    /**
     * The context that a field and a QP name; -1 if the QP is not this destination's, so that the
     * packet is no InfiniPath packet.
     */
    public static int context(ChipModel.Family family, int qpBase, int field, int qp) {
        return switch (family) {
            case QLE71XX -> qp == qpBase ? field : -1;
            case QLE72XX -> {
                if (qp == qpBase) {
                    yield field;
                }
                yield qp == (qpBase ^ 1) && field == 15 ? 16 : -1;
            }
            case QLE73XX -> (qp ^ qpBase) >>> 1 == 0 ? ((qp & 1) << 4) | field : -1;
        };
    }

    private static void checkContext(ChipModel.Family family, int context) {
        if (context < 0 || context >= family.maxContexts()) {
            throw new IllegalArgumentException(
                    "no such context: family="
                            + family
                            + " context="
                            + context
                            + " contexts="
                            + family.maxContexts());
        }
    }
}

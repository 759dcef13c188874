package io.softpath.abi.packet;

import io.softpath.abi.register.Field;
import io.softpath.abi.register.NamedField;

import java.util.List;

/**
 * The packet sequence number of an expected packet: 24 bits of BTH2.
 *
 * <pre>
 *   23  19 18        11 10         0
 *  +------+------------+------------+
 *  | flow | generation |  sequence  |
 *  +------+------------+------------+
 * </pre>
 *
 * Source: psm ips_proto_header.h, psmi_seqnum_t.
 */
public final class ExpectedPsn {
    public static final Field SEQ = new Field(0, 11);
    public static final Field GEN = new Field(11, 8);
    public static final Field FLOW = new Field(19, 5);

    /** Sequence numbers run modulo this. */
    public static final int SEQ_COUNT = 1 << 11;

    /** Generations run from 1 to this; 0 is that of a flow which is not in use. */
    public static final int GEN_MAX = 255;

    /** The fields, lowest first. */
    public static final List<NamedField> FIELDS =
            NamedField.table(
                    new NamedField("sequence", SEQ, "counts the packets of the flow"),
                    new NamedField("generation", GEN, "of the flow, changed after an error"),
                    new NamedField("flow", FLOW, "index in the TID flow table"));

    private ExpectedPsn() {}

    /**
     * The sequence number.
     *
     * @throws IllegalArgumentException if a value does not fit its field
     */
    public static int of(int flow, int generation, int sequence) {
        return (int) FLOW.set(GEN.set(SEQ.set(0, sequence), generation), flow);
    }

    public static int flow(int psn) {
        return psn >>> 19 & 0x1F;
    }

    public static int generation(int psn) {
        return psn >>> 11 & 0xFF;
    }

    public static int sequence(int psn) {
        return psn & 0x7FF;
    }

    /** The number of the packet {@code by} places later in the same flow and generation. */
    public static int plus(int psn, int by) {
        return psn & ~0x7FF | psn + by & 0x7FF;
    }

    /** The generation after this one: 0 is skipped. */
    public static int nextGeneration(int generation) {
        return generation >= GEN_MAX ? 1 : generation + 1;
    }
}

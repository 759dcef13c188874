package io.softpath.abi.psm;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.Lrh;
import io.softpath.abi.register.Field;

/**
 * Who an endpoint is, in 64 bits that fit through any channel that a job has.
 *
 * <pre>
 *  63     32 31      16 15      14 13      8 7         4 3     0
 * +---------+----------+----------+---------+-----------+-------+
 * |    0    |   LID    | sub-ctxt | context | svc level | class |
 * +---------+----------+----------+---------+-----------+-------+
 * </pre>
 *
 * The class is that of the chip: 1 QLE71XX (IBA6120), 2 QLE72XX (IBA7220), 3 QLE73XX (IBA7322).
 * Source: psm, psm_ep.h, PSMI_EPID_PACK_EXT.
 *
 * @param value the 64 bits
 */
public record EndpointId(long value) {
    private static final Field LID = new Field(16, 16);
    private static final Field SUBCONTEXT = new Field(14, 2);
    private static final Field CONTEXT = new Field(8, 6);
    private static final Field SERVICE_LEVEL = new Field(4, 4);
    private static final Field HCA_CLASS = new Field(0, 4);

    /**
     * @throws IllegalArgumentException if it is no endpoint's: LID, class or the upper half
     */
    public EndpointId {
        long lid = LID.get(value);
        long hcaClass = HCA_CLASS.get(value);
        if (value >>> Integer.SIZE != 0 || lid == 0 || lid > Lrh.MAX_UNICAST_LID) {
            throw new IllegalArgumentException(
                    String.format(
                            "endpoint id: value=0x%x lid=%d is outside 1..%d",
                            value, lid, Lrh.MAX_UNICAST_LID));
        }
        if (hcaClass < 1 || hcaClass > ChipModel.Family.values().length) {
            throw new IllegalArgumentException(
                    String.format(
                            "endpoint id: value=0x%x class=%d is outside 1..%d",
                            value, hcaClass, ChipModel.Family.values().length));
        }
    }

    /**
     * The id of an endpoint.
     *
     * @throws IllegalArgumentException if a value does not fit
     */
    public static EndpointId of(
            int lid, int context, int subcontext, int serviceLevel, ChipModel.Family family) {
        long value = LID.set(0, lid);
        value = CONTEXT.set(value, context);
        value = SUBCONTEXT.set(value, subcontext);
        value = SERVICE_LEVEL.set(value, serviceLevel);
        return new EndpointId(HCA_CLASS.set(value, family.psmType()));
    }

    public int lid() {
        return (int) LID.get(value);
    }

    public int context() {
        return (int) CONTEXT.get(value);
    }

    public int subcontext() {
        return (int) SUBCONTEXT.get(value);
    }

    public int serviceLevel() {
        return (int) SERVICE_LEVEL.get(value);
    }

    /** The class of its chip, which decides how its context is written in a header. */
    public ChipModel.Family family() {
        for (ChipModel.Family family : ChipModel.Family.values()) {
            if (family.psmType() == HCA_CLASS.get(value)) {
                return family;
            }
        }
        throw new IllegalStateException("the constructor has looked at the class of " + this);
    }

    /** As {@code 2:5}, LID and context, with the sub-context if it has one. */
    @Override
    public String toString() {
        return lid() + ":" + context() + (subcontext() == 0 ? "" : "." + subcontext());
    }
}

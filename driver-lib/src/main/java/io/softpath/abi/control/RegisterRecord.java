package io.softpath.abi.control;

import io.softpath.abi.register.StructField;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * One register of the chip or the driver with its value, as INSPECT answers it. Little-endian.
 *
 * @param name name, at most 32 bytes
 * @param value value
 * @param unit unit
 * @param context context; -1 for a register of the unit
 */
public record RegisterRecord(String name, long value, int unit, int context) {
    public static final int BYTES = 48;

    static final int NAME = 0;
    static final int VALUE = 32;
    static final int UNIT = 40;
    static final int CONTEXT = 44;

    /** The members, lowest offset first. */
    public static final List<StructField> LAYOUT =
            StructField.layout(
                    BYTES,
                    new StructField("name", NAME, 32, "name, at most 32 bytes"),
                    new StructField("value", VALUE, 8, "value"),
                    new StructField("unit", UNIT, 4, "unit"),
                    new StructField(
                            "context", CONTEXT, 4, "context; -1 for a register of the unit"));

    /** Writes all {@value #BYTES} bytes, padding and reserved fields as 0. */
    public void write(MemorySegment s, long off) {
        Structs.clear(s, off, BYTES);
        Structs.putText(s, off + NAME, 32, name);
        Structs.putU64(s, off + VALUE, value);
        Structs.putU32(s, off + UNIT, unit);
        Structs.putU32(s, off + CONTEXT, context);
    }

    /** Reads what {@link #write} wrote. */
    public static RegisterRecord read(MemorySegment s, long off) {
        return new RegisterRecord(
                Structs.text(s, off + NAME, 32),
                Structs.u64(s, off + VALUE),
                Structs.u32(s, off + UNIT),
                Structs.u32(s, off + CONTEXT));
    }
}

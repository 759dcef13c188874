package io.softpath.abi.control;

import io.softpath.abi.register.StructField;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * An event of the page ledger in words, as INSPECT answers it. Little-endian.
 *
 * @param number of the event, counted from 1 on its unit
 * @param time in ms since 1970
 * @param unit unit
 * @param wrongs what is wrong with it, {@link PageLedgerRecord#FREED_EARLY} and its neighbours
 * @param text what happened, with the rules behind it
 * @param wrong what is wrong, in words; empty if nothing
 */
public record PageEventRecord(
        long number, long time, int unit, int wrongs, String text, String wrong) {
    public static final int BYTES = 512;

    static final int NUMBER = 0;
    static final int TIME = 8;
    static final int UNIT = 16;
    static final int WRONGS = 20;
    static final int TEXT = 24;
    static final int WRONG = 256;

    private static final int TEXT_BYTES = WRONG - TEXT;
    private static final int WRONG_BYTES = BYTES - WRONG;

    /** The members, lowest offset first. */
    public static final List<StructField> LAYOUT =
            StructField.layout(
                    BYTES,
                    new StructField("number", NUMBER, 8, "counted from 1 on its unit"),
                    new StructField("time", TIME, 8, "in ms since 1970"),
                    new StructField("unit", UNIT, 4, "unit"),
                    new StructField("wrongs", WRONGS, 4, "as of the ledger; 0: nothing wrong"),
                    new StructField("text", TEXT, TEXT_BYTES, "what happened"),
                    new StructField("wrong", WRONG, WRONG_BYTES, "what is wrong about it"));

    /** Writes all {@value #BYTES} bytes; text that is longer than its field is cut. */
    public void write(MemorySegment s, long off) {
        Structs.clear(s, off, BYTES);
        Structs.putU64(s, off + NUMBER, number);
        Structs.putU64(s, off + TIME, time);
        Structs.putU32(s, off + UNIT, unit);
        Structs.putU32(s, off + WRONGS, wrongs);
        Structs.putText(s, off + TEXT, TEXT_BYTES, text);
        Structs.putText(s, off + WRONG, WRONG_BYTES, wrong);
    }

    /** Reads what {@link #write} wrote. */
    public static PageEventRecord read(MemorySegment s, long off) {
        return new PageEventRecord(
                Structs.u64(s, off + NUMBER),
                Structs.u64(s, off + TIME),
                Structs.u32(s, off + UNIT),
                Structs.u32(s, off + WRONGS),
                Structs.text(s, off + TEXT, TEXT_BYTES),
                Structs.text(s, off + WRONG, WRONG_BYTES));
    }
}

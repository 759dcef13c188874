package io.softpath.faults.fuzz;

import static io.softpath.faults.fuzz.Coverage.Need;

import io.softpath.abi.direct.DirectLayout;
import io.softpath.abi.direct.Slot;

import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Writes wrong records, positions and words into the memory of a pair, as one side of it. */
final class DirectScribbler {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG;
    private static final int TYPES = 6;

    /** The words of each record type, by their offsets and lengths. */
    private static final List<Recipe.Spot> RECORD =
            List.of(
                    new Recipe.Spot("EAGER.tag", 0, 8),
                    new Recipe.Spot("RTS.tag", 0, 8),
                    new Recipe.Spot("RTS.request", 8, 4),
                    new Recipe.Spot("RTS.length", 12, 4),
                    new Recipe.Spot("RTS.source", 16, 8),
                    new Recipe.Spot("CTS.sender", 0, 4),
                    new Recipe.Spot("CTS.receiver", 4, 4),
                    new Recipe.Spot("CTS.bytes", 8, 4),
                    new Recipe.Spot("DATA.request", 0, 4),
                    new Recipe.Spot("DATA.offset", 4, 4),
                    new Recipe.Spot("DONE.request", 0, 4),
                    new Recipe.Spot("GONE.handle", 0, 4));

    private static final List<String> TYPE_NAMES =
            List.of("EAGER", "RTS", "CTS", "DATA", "DONE", "GONE");

    private final Dice dice;
    private final List<Coverage.Row> recordRows = new ArrayList<>();
    private final Coverage.Row number;
    private final Coverage.Row type;
    private final Coverage.Row bytes;
    private final Coverage.Row ringHeader;
    private final Coverage.Row ringPositions;
    private final Coverage.Row words;
    private final Coverage.Row anywhere;
    private MemorySegment memory;
    private int side;

    DirectScribbler(Dice dice, Coverage coverage) {
        this.dice = dice;
        for (Recipe.Spot spot : RECORD) {
            recordRows.add(coverage.row("direct record", spot.name(), Need.USED));
        }
        number = coverage.row("direct slot", "number", Need.USED);
        type = coverage.row("direct slot", "type", Need.USED);
        bytes = coverage.row("direct slot", "bytes", Need.USED);
        ringHeader = coverage.row("direct ring", "length and type", Need.USED);
        ringPositions = coverage.row("direct ring", "positions", Need.USED);
        words = coverage.row("direct memory", "listens, sleeps, opened, taken", Need.USED);
        anywhere = coverage.row("direct memory", "anywhere", Need.USED);
    }

    /**
     * From now on it writes there.
     *
     * @param newSide whose records it writes
     */
    void attach(MemorySegment newMemory, int newSide) {
        memory = newMemory;
        side = newSide;
    }

    /** How many records the other side says that it has taken. */
    long taken() {
        return memory.get(WORD, DirectLayout.takenAt(1 - side));
    }

    /** Whether the other side says that it listens. */
    boolean isHeard() {
        return memory.get(WORD, DirectLayout.listensAt(1 - side)) != 0;
    }

    /** Writes something, and says what. */
    Coverage.Row write() {
        return switch (dice.below(24)) {
            case 0 -> {
                putAnywhere(dice.below(DirectLayout.BYTES - Long.BYTES), dice.any());
                yield anywhere;
            }
            case 1 -> {
                int of = dice.below(2);
                int at =
                        switch (dice.below(4)) {
                            case 0 -> DirectLayout.listensAt(of);
                            case 1 -> DirectLayout.sleepsAt(of);
                            case 2 -> DirectLayout.openedAt(of);
                            default -> DirectLayout.takenAt(of);
                        };
                memory.set(WORD, at, dice.mutate(memory.get(WORD, at), Long.SIZE));
                yield words;
            }
            case 2 -> {
                long at =
                        DirectLayout.ringAt(dice.below(2))
                                + DirectLayout.RING_BYTES
                                + 8L * dice.below(96);
                memory.set(WORD, at, dice.mutate(memory.get(WORD, at), Long.SIZE));
                yield ringPositions;
            }
            case 3, 4 -> inRing();
            default -> slot();
        };
    }

    private void putAnywhere(long at, long word) {
        memory.set(ValueLayout.JAVA_LONG_UNALIGNED, at, word);
    }

    /** The next slot, with a record that the victim takes for one. */
    private Coverage.Row slot() {
        long before = taken();
        int kind = dice.below(TYPES);
        long slots = DirectLayout.slotsAt(side);
        long at = DirectLayout.slotOf(slots, before);
        Coverage.Row row = record(at + Slot.RECORD, kind);
        int length = 24 + dice.below(64);
        int said = 1 + kind;
        int count = (int) before + 1;
        switch (dice.below(32)) {
            case 0 -> {
                row = number;
                count = (int) dice.mutate(count, Integer.SIZE);
            }
            case 1 -> {
                row = type;
                said = (int) dice.mutate(said, Byte.SIZE);
            }
            case 2 -> {
                row = bytes;
                length = (int) dice.mutate(length, 24);
            }
            default -> {
                // The record itself is wrong.
            }
        }
        memory.set(WORD, at, Slot.header(count, said, length));
        return row;
    }

    /** Fills a record of a type, one word of it as it may not be; which one. */
    private Coverage.Row record(long at, int kind) {
        String prefix = TYPE_NAMES.get(kind) + ".";
        List<Integer> fields = new ArrayList<>();
        for (int i = 0; i < RECORD.size(); i++) {
            Recipe.Spot spot = RECORD.get(i);
            if (spot.name().startsWith(prefix)) {
                fields.add(i);
                put(at + spot.offset(), spot.bytes(), dice.below(64));
            }
        }
        int chosen = dice.of(fields);
        Recipe.Spot spot = RECORD.get(chosen);
        put(
                at + spot.offset(),
                spot.bytes(),
                dice.mutate(dice.below(64), spot.bytes() * Byte.SIZE));
        return recordRows.get(chosen);
    }

    private void put(long at, int size, long value) {
        if (size == Long.BYTES) {
            memory.set(ValueLayout.JAVA_LONG_UNALIGNED, at, value);
        } else {
            memory.set(ValueLayout.JAVA_INT_UNALIGNED, at, (int) value);
        }
    }

    /** A slot that leads to the ring, and there a record with a length and a type. */
    private Coverage.Row inRing() {
        long ring = DirectLayout.ringAt(side);
        long head = ring + DirectLayout.RING_BYTES + RingBufferDescriptor.HEAD_POSITION_OFFSET;
        long at = ring + (memory.get(WORD, head) & DirectLayout.RING_BYTES - 8L);
        int kind = dice.below(TYPES);
        Coverage.Row row = ringHeader;
        if (at + 64 < ring + DirectLayout.RING_BYTES) {
            row = record(at + Long.BYTES, kind);
        }
        long word = (long) (1 + kind) << Integer.SIZE | 8 + 24 + dice.below(64);
        if (dice.oneIn(4)) {
            row = ringHeader;
            word = dice.mutate(word, Long.SIZE);
        }
        memory.set(WORD, at, word);
        long before = taken();
        long slot = DirectLayout.slotOf(DirectLayout.slotsAt(side), before);
        memory.set(WORD, slot, Slot.header((int) before + 1, Slot.IN_RING, 0));
        return row;
    }
}

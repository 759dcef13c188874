package io.softpath.faults.fuzz;

import io.softpath.abi.packet.AckWord;
import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.ExpectedPsn;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.Lrh;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.register.Field;
import io.softpath.abi.register.NamedField;
import io.softpath.abi.register.StructField;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A field of a packet header: bits of a word, or a whole word.
 *
 * @param offset of the word in the header
 * @param bytes of the word
 * @param field in the word; null if it is the word
 */
record PacketField(String name, int offset, int bytes, boolean bigEndian, Field field) {
    /** All of them, from the tables of the binary interface. */
    static final List<PacketField> HEADER = List.copyOf(header());

    private static List<PacketField> header() {
        List<PacketField> all = new ArrayList<>();
        add(all, "lrh", MessageHeader.LRH, 8, true, Lrh.FIELDS);
        add(all, "bth0", MessageHeader.BTH0, 4, true, Bth.BTH0_FIELDS);
        add(all, "bth1", MessageHeader.BTH1, 4, true, Bth.BTH1_FIELDS);
        add(all, "bth2", MessageHeader.BTH2, 4, true, Bth.BTH2_FIELDS);
        add(all, "bth2", MessageHeader.BTH2, 4, true, ExpectedPsn.FIELDS);
        add(all, "vcto", MessageHeader.VCTO, 4, false, IpathHeader.VCTO_FIELDS);
        all.add(word("ack.seq", MessageHeader.ACK, 4, AckWord.SEQ));
        all.add(word("ack.context", MessageHeader.ACK, 4, AckWord.CONTEXT));
        all.add(word("ack.subcontext", MessageHeader.ACK, 4, AckWord.SUBCONTEXT));
        all.add(word("ack.contextHigh", MessageHeader.ACK, 4, AckWord.CONTEXT_HIGH));
        for (StructField member : MessageHeader.LAYOUT) {
            boolean big = member.offset() < MessageHeader.VCTO;
            all.add(new PacketField(member.name(), member.offset(), member.bytes(), big, null));
        }
        return all;
    }

    private static PacketField word(String name, int offset, int bytes, Field field) {
        return new PacketField(name, offset, bytes, false, field);
    }

    private static void add(
            List<PacketField> all,
            String word,
            int offset,
            int bytes,
            boolean big,
            List<NamedField> fields) {
        for (NamedField each : fields) {
            all.add(new PacketField(word + "." + each.name(), offset, bytes, big, each.field()));
        }
    }

    private ByteOrder order() {
        return bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    private long word(MemorySegment memory, long at) {
        return switch (bytes) {
            case 1 -> memory.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
            case 2 -> memory.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(order()), at) & 0xFFFF;
            case 4 ->
                    Integer.toUnsignedLong(
                            memory.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(order()), at));
            default -> memory.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(order()), at);
        };
    }

    private void put(MemorySegment memory, long at, long word) {
        switch (bytes) {
            case 1 -> memory.set(ValueLayout.JAVA_BYTE, at, (byte) word);
            case 2 ->
                    memory.set(
                            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(order()), at, (short) word);
            case 4 -> memory.set(ValueLayout.JAVA_INT_UNALIGNED.withOrder(order()), at, (int) word);
            default -> memory.set(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(order()), at, word);
        }
    }

    /** Makes something else of this field of the header that lies there. */
    void mutate(MemorySegment memory, long header, Dice dice) {
        long at = header + offset;
        long word = word(memory, at);
        if (field == null) {
            put(memory, at, dice.mutate(word, bytes * Byte.SIZE));
        } else {
            dice.remember(field.get(word));
            put(memory, at, field.set(word, dice.mutate(field.get(word), field.width())));
        }
    }

    /** Whether the checksum of the header covers it. */
    boolean isSummed() {
        return offset == MessageHeader.VCTO
                || offset == MessageHeader.PKT_FLAGS
                || name.equals("lrh.length");
    }
}

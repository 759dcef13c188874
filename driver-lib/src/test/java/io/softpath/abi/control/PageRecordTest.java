package io.softpath.abi.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.softpath.abi.Dirty;
import io.softpath.abi.register.StructField;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.List;

class PageRecordTest {
    private static String text(String text, int bytes) {
        StringBuilder hex = new StringBuilder();
        for (int i = 0; i < bytes; i++) {
            hex.append("%02x".formatted(i < text.length() ? (int) text.charAt(i) : 0));
        }
        return hex.toString();
    }

    private static void assertBytes(String golden, int bytes, MemorySegment s) {
        assertEquals(Dirty.dirt(8) + Dirty.strip(golden) + Dirty.dirt(8), Dirty.hex(s));
        assertEquals(bytes, s.byteSize() - 16);
    }

    @Test
    void shouldCodeALedger() {
        PageLedgerRecord record = new PageLedgerRecord(1, 7, 70, 1045, 3, 2, 9, "2.6.15", "posted");
        MemorySegment s = Dirty.segment(PageLedgerRecord.BYTES + 16);
        record.write(s, 8);
        assertBytes(
                "01000000 07000000 4600000000000000 1504000000000000 0300000000000000"
                        + "0200000000000000 0900000000000000"
                        + text("2.6.15", 16)
                        + text("posted", 16),
                PageLedgerRecord.BYTES,
                s);
        assertEquals(record, PageLedgerRecord.read(s, 8));
    }

    @Test
    void shouldCodeABlock() {
        PageBlockRecord record =
                new PageBlockRecord(
                        1, 2, 3, 4, 5, 6, 7, -1, 31, 9, 10, 11, "header queue", "pages");
        MemorySegment s = Dirty.segment(PageBlockRecord.BYTES + 16);
        record.write(s, 8);
        assertBytes(
                "01000000 02000000 03000000 04000000 05000000 06000000 07000000 ffffffff"
                        + "1f000000 09000000 0a000000 0b000000"
                        + text("header queue", 32)
                        + text("pages", 16),
                PageBlockRecord.BYTES,
                s);
        assertEquals(record, PageBlockRecord.read(s, 8));
    }

    @Test
    void shouldCodeAnArea() {
        PageAreaRecord record =
                new PageAreaRecord(1, 2, 3, 4, 5, 6, 2, 1, "nopage", "VM_IO VM_SHM");
        MemorySegment s = Dirty.segment(PageAreaRecord.BYTES + 16);
        record.write(s, 8);
        assertBytes(
                "01000000 02000000 03000000 04000000 05000000 06000000 02000000 01000000"
                        + text("nopage", 24)
                        + text("VM_IO VM_SHM", 96),
                PageAreaRecord.BYTES,
                s);
        assertEquals(record, PageAreaRecord.read(s, 8));
    }

    @Test
    void shouldCodeAnEvent() {
        PageEventRecord record = new PageEventRecord(3, 1000, 1, 2, "what", "why");
        MemorySegment s = Dirty.segment(PageEventRecord.BYTES + 16);
        record.write(s, 8);
        assertBytes(
                "0300000000000000 e803000000000000 01000000 02000000"
                        + text("what", 232)
                        + text("why", 256),
                PageEventRecord.BYTES,
                s);
        assertEquals(record, PageEventRecord.read(s, 8));
    }

    @Test
    void shouldCoverEveryByteByItsLayout() {
        assertEquals(80, sum(PageLedgerRecord.LAYOUT));
        assertEquals(96, sum(PageBlockRecord.LAYOUT));
        assertEquals(152, sum(PageAreaRecord.LAYOUT));
        assertEquals(512, sum(PageEventRecord.LAYOUT));
    }

    private static int sum(List<StructField> layout) {
        return layout.stream().mapToInt(StructField::bytes).sum();
    }
}

package io.softpath.faults.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.softpath.faults.check.MessageId;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

class ContentsTest {
    private static final MessageId ID = new MessageId(4, 999, 3, 70_000);

    @Test
    void shouldNameTheMessageInItsTag() {
        for (long kind : new long[] {Contents.MESSAGE, Contents.ACKNOWLEDGEMENT}) {
            long tag = Contents.tag(kind, ID);
            assertEquals(ID, Contents.id(tag));
            assertEquals(kind, tag & Contents.KIND);
        }
    }

    @Test
    void shouldHaveBytesThatNoOtherMessageHas() {
        byte[] bytes = Contents.bytes(ID, 5000);
        byte[] other = Contents.bytes(new MessageId(4, 999, 3, 70_001), 5000);
        assertEquals(5000, bytes.length);
        assertNotEquals(Contents.checksum(bytes), Contents.checksum(other));
    }

    @Test
    void shouldSumUpTheSameBytesToTheSameWhereverTheyAre() {
        byte[] bytes = Contents.bytes(ID, 777);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = arena.allocate(1000).copyFrom(MemorySegment.ofArray(bytes));
            assertEquals(Contents.checksum(bytes), Contents.checksum(mapped, 777));
        }
        byte[] longer = new byte[1000];
        System.arraycopy(bytes, 0, longer, 0, 777);
        assertEquals(
                Contents.checksum(bytes), Contents.checksum(MemorySegment.ofArray(longer), 777));
    }
}

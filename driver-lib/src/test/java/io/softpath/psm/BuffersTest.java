package io.softpath.psm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

final class BuffersTest {
    private static void shouldBeTheSameMemory(MutableDirectBuffer buffer) {
        MemorySegment segment = Buffers.of(buffer, 3, 8);
        assertEquals(8, segment.byteSize());
        buffer.putLong(3, 0x1122_3344_5566_7788L);
        assertEquals(0x1122_3344_5566_7788L, segment.get(ValueLayout.JAVA_LONG_UNALIGNED, 0));
        segment.set(ValueLayout.JAVA_BYTE, 7, (byte) 42);
        assertEquals(42, buffer.getByte(10));
    }

    @Test
    void shouldSeeWhatAnAgronaBufferWraps() {
        shouldBeTheSameMemory(new UnsafeBuffer(new byte[20]));
        shouldBeTheSameMemory(new UnsafeBuffer(new byte[20], 5, 11));
        shouldBeTheSameMemory(new UnsafeBuffer(ByteBuffer.allocateDirect(20)));
        shouldBeTheSameMemory(new UnsafeBuffer(ByteBuffer.allocateDirect(40), 13, 20));
        shouldBeTheSameMemory(new UnsafeBuffer(ByteBuffer.allocate(20).position(2).slice()));
        shouldBeTheSameMemory(new ExpandableArrayBuffer(20));
    }

    @Test
    void shouldRefuseWhatIsNotInside() {
        UnsafeBuffer buffer = new UnsafeBuffer(new byte[20], 5, 10);
        for (int[] part :
                new int[][] {{-1, 2}, {0, 11}, {10, 1}, {0, -1}, {1, Integer.MAX_VALUE}}) {
            SoftpathException e =
                    assertThrows(
                            SoftpathException.class, () -> Buffers.of(buffer, part[0], part[1]));
            assertEquals(Errno.EINVAL, e.errno());
            assertTrue(e.getMessage().contains("capacity=10"), e.getMessage());
        }
    }

    /** An address may be unmapped while a message is under way. */
    @Test
    void shouldRefuseAnAddressThatNothingGuards() {
        UnsafeBuffer direct = new UnsafeBuffer(ByteBuffer.allocateDirect(20));
        UnsafeBuffer bare = new UnsafeBuffer(direct.addressOffset(), 20);
        SoftpathException e = assertThrows(SoftpathException.class, () -> Buffers.of(bare, 0, 1));
        assertEquals(Errno.EINVAL, e.errno());
        assertTrue(e.getMessage().contains("wrap an array"), e.getMessage());
    }
}

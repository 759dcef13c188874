package io.softpath.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.softpath.error.SoftpathException;
import io.softpath.linux.MappedMemory;
import io.softpath.linux.MemFd;
import io.softpath.linux.Protection;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

class AgronaViewTest {
    private static final int BYTES = 8192;

    @Test
    void shouldShareMemoryWithTheSegment() {
        try (RegionFile file = RegionFile.createReadOnly("softpath-test", BYTES)) {
            UnsafeBuffer view = AgronaView.of(file.mapped(), 4096, 4096);
            view.putLongOrdered(8, 42);
            assertEquals(42, file.memory().get(JAVA_LONG, 4096 + 8));
            assertEquals(4096, view.capacity());
            view.verifyAlignment();
        }
    }

    @Test
    void shouldRefuseMemoryThatWouldCrashTheJvm() {
        try (MemFd file = MemFd.create("softpath-test", BYTES);
                Arena arena = Arena.ofConfined()) {
            MappedMemory arenas = MappedMemory.map(file.fd(), 0, BYTES, true, arena);
            MappedMemory readOnly =
                    MappedMemory.mapWhileReachable(file.fd(), 0, BYTES, Protection.READ_ONLY);
            assertEquals("EINVAL", refusal(arenas));
            assertEquals("EPERM", refusal(readOnly));
        }
    }

    private static String refusal(MappedMemory memory) {
        return assertThrows(SoftpathException.class, () -> AgronaView.of(memory, 0, BYTES))
                .errno()
                .name();
    }

    @Test
    void shouldCopyWhatMayNotBeWritten() {
        MemorySegment source = MemorySegment.ofArray(new long[] {1, 2, 3, 4}).asReadOnly();
        UnsafeBuffer copy = AgronaView.snapshot(source, 8, 16);
        copy.putLong(0, copy.getLong(0) + 10);
        assertEquals(12, copy.getLong(0));
        assertEquals(3, copy.getLong(8));
        assertEquals(16, copy.capacity());
        assertEquals(2, source.getAtIndex(JAVA_LONG, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> AgronaView.snapshot(source, 8, 32));
        assertThrows(IllegalArgumentException.class, () -> AgronaView.snapshot(source, 0, 12));
    }
}

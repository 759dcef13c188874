package io.softpath.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import com.sun.management.ThreadMXBean;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;

class ProcessMemoryTest {
    private static final String MAPS =
            """
            00400000-00401000 r-xp 00000000 00:01 77    /a program
            00600000-00602000 rw-p 00000000 00:00 0     [heap]
            00602000-00603000 rw-s 00000000 00:01 2053  /memfd:softpath:u0c1:mem1 (deleted)
            00604000-00605000 r--s 00000000 00:01 2053  /x-y
            7ffffffde000-7ffffffff000 rw-p 00000000 00:00 0 [stack]
            ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]
            """;

    @Test
    void shouldFindWhatIsMappedWritable() {
        assertArrayEquals(
                new long[] {0x600000, 0x603000, 0x7ffffffde000L, 0x7ffffffff000L},
                ProcessMemory.writableRanges(MAPS));
        assertEquals(0, ProcessMemory.writableRanges("").length);
    }

    @Test
    void shouldWriteIntoItselfAndSayWhatIsNotThere() {
        try (PidFd self = PidFd.open(CurrentProcess.pid());
                MemFd file = MemFd.create("softpath-test", 8192);
                Arena arena = Arena.ofConfined()) {
            ProcessMemory memory = new ProcessMemory(self);
            MemorySegment page = MappedMemory.map(file.fd(), 0, 4096, true, arena).segment();
            MemorySegment heap = MemorySegment.ofArray(new byte[] {1, 2, 3, 4, 5, 6});
            assertTrue(memory.write(page.address() + 8, heap, 2, 4));
            assertArrayEquals(new byte[] {0, 3, 4, 5, 6, 0}, page.asSlice(7, 6).toArray(JAVA_BYTE));
            assertTrue(memory.write(page.address() + 100, page, 8, 4), "from native memory");
            assertArrayEquals(new byte[] {3, 4, 5, 6}, page.asSlice(100, 4).toArray(JAVA_BYTE));
            memory.probe(page.address());
            assertTrue(contains(memory.writableRanges(), page.address()));
            MemorySegment readOnly =
                    MappedMemory.map(file.fd(), 4096, 4096, false, arena).segment();
            memory.probe(readOnly.address());
            assertFalse(contains(memory.writableRanges(), readOnly.address()));
            assertFalse(memory.write(readOnly.address(), heap, 0, 4));
            assertFalse(memory.write(0, heap, 0, 4));
            assertEquals(
                    Errno.EFAULT,
                    assertThrows(SoftpathException.class, () -> memory.probe(0)).errno());
        }
    }

    @Test
    @Timeout(120)
    void shouldAllocateNothingToWrite() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (PidFd self = PidFd.open(CurrentProcess.pid());
                Arena arena = Arena.ofConfined()) {
            ProcessMemory memory = new ProcessMemory(self);
            MemorySegment from = arena.allocate(64);
            MemorySegment to = arena.allocate(64);
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 10 && least != 0; round++) { // the first ones warm up
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < 20_000; i++) {
                    memory.write(to.address(), from, 0, 64);
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertEquals(0, least, "bytes in the best round");
        }
    }

    private static boolean contains(long[] ranges, long address) {
        for (int i = 0; i < ranges.length; i += 2) {
            if (address >= ranges[i] && address < ranges[i + 1]) {
                return true;
            }
        }
        return false;
    }

    private static void awaitEcho(Process cat) throws IOException {
        cat.getOutputStream().write('x');
        cat.getOutputStream().flush();
        assertEquals('x', cat.getInputStream().read());
    }

    @Test
    void shouldTouchNoProcessThatIsDead() throws Exception {
        Process child = new ProcessBuilder("cat").start();
        awaitEcho(child); // until then its loader still makes pages read-only
        try (PidFd process = PidFd.open((int) child.pid())) {
            ProcessMemory memory = new ProcessMemory(process);
            long address = memory.writableRanges()[0];
            MemorySegment bytes = MemorySegment.ofArray(new byte[8]);
            memory.probe(address);
            assertTrue(memory.write(address, bytes, 0, 8));
            child.destroyForcibly().waitFor();
            assertFalse(memory.write(address, bytes, 0, 8));
            assertEquals(
                    Errno.ESRCH,
                    assertThrows(SoftpathException.class, () -> memory.probe(address)).errno());
            assertEquals(
                    Errno.ESRCH,
                    assertThrows(SoftpathException.class, memory::writableRanges).errno());
        } finally {
            child.destroyForcibly();
        }
    }
}

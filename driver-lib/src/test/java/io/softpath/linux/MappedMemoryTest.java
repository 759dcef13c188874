package io.softpath.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;

class MappedMemoryTest {
    private static final int BYTES = 8192;

    @Test
    void shouldShareStoresBetweenTwoMappings() {
        try (MemFd file = MemFd.create("softpath-test", BYTES);
                Arena arena = Arena.ofConfined()) {
            MemorySegment one = MappedMemory.map(file.fd(), 0, BYTES, true, arena).segment();
            MemorySegment page = MappedMemory.map(file.fd(), 4096, 4096, false, arena).segment();
            one.set(JAVA_LONG, 4096, 7);
            assertEquals(7, page.get(JAVA_LONG, 0));
        }
    }

    @Test
    void shouldOutliveItsDescriptor() {
        try (Arena arena = Arena.ofConfined()) {
            MemFd file = MemFd.create("softpath-test", BYTES);
            MemorySegment memory = MappedMemory.map(file.fd(), 0, BYTES, true, arena).segment();
            file.close();
            memory.set(JAVA_BYTE, BYTES - 1, (byte) 1);
            assertEquals(1, memory.get(JAVA_BYTE, BYTES - 1));
        }
    }

    @Test
    void shouldUnmapWhenTheArenaCloses() {
        long address;
        MappedMemory mapped;
        try (MemFd file = MemFd.create("softpath-test:unmap", BYTES);
                Arena arena = Arena.ofShared()) {
            mapped = MappedMemory.map(file.fd(), 0, BYTES, true, arena);
            address = mapped.segment().address();
            assertEquals("softpath-test:unmap", Smaps.at(address).orElseThrow().memfdName());
        }
        assertTrue(
                Smaps.self().stream().noneMatch(e -> e.memfdName().equals("softpath-test:unmap")));
        assertThrows(IllegalStateException.class, () -> mapped.segment().get(JAVA_BYTE, 0));
        assertThrows(IllegalStateException.class, mapped::dontDump);
        assertThrows(IllegalStateException.class, mapped::lockOnFault);
        assertThrows(IllegalStateException.class, mapped::populate);
    }

    @Test
    void shouldLeaveNothingMappedWhenTheArenaIsClosedAlready() {
        Arena closed;
        try (Arena arena = Arena.ofConfined()) {
            closed = arena;
        }
        try (MemFd file = MemFd.create("softpath-test:late", BYTES)) {
            assertThrows(
                    IllegalStateException.class,
                    () -> MappedMemory.map(file.fd(), 0, BYTES, true, closed));
        }
        assertTrue(
                Smaps.self().stream().noneMatch(e -> e.memfdName().equals("softpath-test:late")));
    }

    @Test
    void shouldRefuseWhatIsNotInTheFile() {
        try (MemFd file = MemFd.create("softpath-test", BYTES);
                Arena arena = Arena.ofConfined()) {
            for (long[] offsetAndBytes :
                    List.of(
                            new long[] {0, BYTES + 1},
                            new long[] {4096, BYTES},
                            new long[] {BYTES, 1},
                            new long[] {1, 1},
                            new long[] {-4096, 4096},
                            new long[] {0, 0},
                            new long[] {0, -1},
                            new long[] {4096, Long.MAX_VALUE})) {
                Refusals.assertRefused(
                        "EINVAL",
                        () ->
                                MappedMemory.map(
                                        file.fd(),
                                        offsetAndBytes[0],
                                        offsetAndBytes[1],
                                        false,
                                        arena));
            }
        }
    }

    @Test
    void shouldRefuseClosedDescriptor() {
        MemFd file = MemFd.create("softpath-test", BYTES);
        file.close();
        try (Arena arena = Arena.ofConfined()) {
            Refusals.assertRefused(
                    "EBADF", () -> MappedMemory.map(file.fd(), 0, BYTES, false, arena));
        }
    }

    @Test
    void shouldShowWhatWasAskedForInVmFlags() {
        try (MemFd file = MemFd.create("softpath-test", BYTES);
                Arena arena = Arena.ofConfined()) {
            MappedMemory mapped = MappedMemory.map(file.fd(), 0, BYTES, true, arena);
            Set<String> before = flags(mapped);
            assertTrue(before.containsAll(Set.of("rd", "wr", "sh", "mw")), before.toString());
            assertFalse(before.contains("dc") || before.contains("dd") || before.contains("lo"));
            LockResult locked = mapped.dontFork().dontDump().lockOnFault();
            Set<String> after = flags(mapped);
            assertTrue(after.containsAll(Set.of("dc", "dd")), after.toString());
            assertEquals(locked.locked(), after.contains("lo") && after.contains("lf"));
        }
    }

    @Test
    void shouldTouchEveryPageWhenPopulated() {
        try (MemFd file = MemFd.create("softpath-test", BYTES);
                Arena arena = Arena.ofConfined()) {
            MappedMemory mapped = MappedMemory.map(file.fd(), 0, BYTES, true, arena);
            assertEquals(0, smaps(mapped).residentBytes());
            if (mapped.populate()) {
                assertEquals(BYTES, smaps(mapped).residentBytes());
                assertEquals(BYTES, file.allocatedBytes());
            }
        }
    }

    @Test
    void shouldShowTheKernelWriteOnlyMemoryAsWriteOnly() {
        try (MemFd file = MemFd.create("softpath-test", BYTES);
                Arena arena = Arena.ofConfined()) {
            MappedMemory mapped =
                    MappedMemory.map(file.fd(), 0, BYTES, Protection.WRITE_ONLY, arena);
            mapped.segment().set(JAVA_LONG, 8, 42);
            assertEquals("-w-s", smaps(mapped).permissions());
            MemorySegment peers = MappedMemory.map(file.fd(), 0, BYTES, false, arena).segment();
            assertEquals(42, peers.get(JAVA_LONG, 8));
        }
    }

    @Test
    void shouldStayMappedWhileTheSegmentIsReachable() {
        try (MemFd file = MemFd.create("softpath-test", BYTES)) {
            MappedMemory mapped =
                    MappedMemory.mapWhileReachable(file.fd(), 0, BYTES, Protection.READ_WRITE);
            assertTrue(mapped.mappedWhileReachable());
            mapped.segment().set(JAVA_LONG, 0, 1);
            assertEquals(1, mapped.segment().get(JAVA_LONG, 0));
        }
    }

    private static Set<String> flags(MappedMemory mapped) {
        return smaps(mapped).vmFlags();
    }

    private static SmapsEntry smaps(MappedMemory mapped) {
        return Smaps.at(mapped.segment().address()).orElseThrow();
    }
}

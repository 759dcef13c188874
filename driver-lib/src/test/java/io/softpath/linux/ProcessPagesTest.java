package io.softpath.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.Map;
import java.util.Set;

class ProcessPagesTest {
    private static final int PAGES = 64;
    private static final String NAME = "softpath:test:pages";

    private static BitSet bits(int... pages) {
        BitSet set = new BitSet();
        for (int page : pages) {
            set.set(page);
        }
        return set;
    }

    private static Map<String, BitSet> own(String... names) {
        return ProcessPages.touched(CurrentProcess.pid(), Set.of(names));
    }

    @Test
    void shouldSeeWhichPagesWereTouched() {
        try (Arena arena = Arena.ofConfined();
                MemFd file = MemFd.create(NAME, PAGES * MappedMemory.PAGE_BYTES)) {
            var memory =
                    MappedMemory.map(file.fd(), 0, PAGES * MappedMemory.PAGE_BYTES, true, arena)
                            .segment();
            assertEquals(Map.of(NAME, bits()), own(NAME));
            memory.set(ValueLayout.JAVA_BYTE, 5 * MappedMemory.PAGE_BYTES, (byte) 1);
            memory.set(ValueLayout.JAVA_BYTE, 63 * MappedMemory.PAGE_BYTES, (byte) 1);
            assertEquals(Map.of(NAME, bits(5, 63)), own(NAME, "another"));
            assertEquals(Map.of(), own("another"));
        }
        assertEquals(Map.of(), own(NAME), "unmapped");
    }

    @Test
    void shouldCountPagesFromTheStartOfTheFile() {
        try (Arena arena = Arena.ofConfined();
                MemFd file = MemFd.create(NAME, PAGES * MappedMemory.PAGE_BYTES)) {
            var part =
                    MappedMemory.map(
                                    file.fd(),
                                    8 * MappedMemory.PAGE_BYTES,
                                    4 * MappedMemory.PAGE_BYTES,
                                    true,
                                    arena)
                            .segment();
            part.set(ValueLayout.JAVA_BYTE, MappedMemory.PAGE_BYTES, (byte) 1);
            assertEquals(Map.of(NAME, bits(9)), own(NAME));
        }
    }

    @Test
    void shouldNotLookThroughAnEndlessListOfMappings() {
        try (Arena arena = Arena.ofConfined();
                MemFd file = MemFd.create(NAME, 2 * MappedMemory.PAGE_BYTES)) {
            // Now this page of the file, now that: no two mappings become one.
            for (int i = 0; i < 8000; i++) {
                long offset = i % 2 * MappedMemory.PAGE_BYTES;
                MappedMemory.map(file.fd(), offset, MappedMemory.PAGE_BYTES, i % 3 == 0, arena);
            }
            var e = assertThrows(UncheckedIOException.class, () -> own(NAME));
            assertTrue(e.getMessage().contains("too many mappings"), e.getMessage());
        }
        assertEquals(Map.of(), own(NAME));
    }

    @Test
    void shouldSayThatAProcessIsGone() {
        var e =
                assertThrows(
                        UncheckedIOException.class,
                        () -> ProcessPages.touched(Integer.MAX_VALUE, Set.of(NAME)));
        assertTrue(e.getMessage().contains("/proc/"), e.getMessage());
    }
}

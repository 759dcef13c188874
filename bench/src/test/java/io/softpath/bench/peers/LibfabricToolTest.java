package io.softpath.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.bench.process.BenchFailure;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;

class LibfabricToolTest {
    @Test
    void shouldReadBytesASecond() throws IOException {
        assertEquals(18.61, LibfabricTool.megabytes(Captured.lines("fi_pingpong-8.txt")));
        assertEquals(7776.33, LibfabricTool.megabytes(Captured.lines("fi_pingpong-1m.txt")));
    }

    @Test
    void shouldShowWhatCannotBeRead() {
        List<String> said = List.of("fi_getinfo(): -61 (No data available)");
        BenchFailure failure =
                assertThrows(BenchFailure.class, () -> LibfabricTool.megabytes(said));
        assertTrue(failure.getMessage().contains("No data available"), failure::getMessage);

        List<String> shorter = List.of("bytes   #sent   MB/sec", "8   100k");
        assertThrows(BenchFailure.class, () -> LibfabricTool.megabytes(shorter));
    }
}

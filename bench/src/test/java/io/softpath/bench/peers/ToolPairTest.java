package io.softpath.bench.peers;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.bench.process.BenchFailure;
import io.softpath.bench.process.Unavailable;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;
import java.util.Map;

class ToolPairTest {
    @Test
    void shouldKnowWhoListens() throws IOException {
        List<String> table = Captured.lines("proc-net-tcp.txt");

        assertTrue(ToolPair.listens(table, 13337));
        assertFalse(ToolPair.listens(table, 0xC8A2), "that one is connected");
        assertFalse(ToolPair.listens(table, 80));
    }

    @Test
    void shouldSayWhatToInstall() {
        Unavailable missing =
                assertThrows(
                        Unavailable.class, () -> ToolPair.require("no-such-tool", "some-package"));
        assertTrue(missing.getMessage().contains("apt-get install some-package"));
        ToolPair.require("sh", "nothing");
    }

    @Test
    void shouldShowWhyAServerDoesNotStart() {
        List<String> server = List.of("sh", "-c", "echo no such provider; exit 3");
        BenchFailure failure =
                assertThrows(
                        BenchFailure.class,
                        () -> ToolPair.run(server, List.of("true"), List.of("-p"), Map.of()));
        assertTrue(failure.getMessage().contains("no such provider"), failure::getMessage);
    }
}

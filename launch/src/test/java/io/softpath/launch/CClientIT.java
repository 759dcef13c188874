package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.softpath.abi.Fidelity;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A client in C, written from the documents and without a line of softpath: it negotiates nothing,
 * so the chip is launched by its model's own trigger, the special one or the last dword.
 */
@ExtendWith(ChildOutput.class)
class CClientIT {
    private static final int PACKETS = 20_000;

    @TempDir static Path temp;

    private static Path client;

    @BeforeAll
    static void compile() throws Exception {
        Path source = temp.resolve("client.c");
        try (InputStream in = CClientIT.class.getResourceAsStream("client.c")) {
            Files.copy(in, source);
        }
        assumeTrue(hasCompiler(), "no C compiler: cc is not on PATH");
        client = temp.resolve("client");
        run(
                "cc",
                "-std=gnu11",
                "-O2",
                "-Wall",
                "-Wextra",
                "-o",
                client.toString(),
                source.toString());
    }

    private static boolean hasCompiler() {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "cc")));
    }

    /** Runs a command to its end and insists that it went well; its last line. */
    private static String run(String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(temp, "output", ".txt");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        try {
            boolean ended = process.waitFor(Await.DEADLINE.toSeconds(), TimeUnit.SECONDS);
            List<String> lines = new ArrayList<>(Files.readAllLines(output));
            assertTrue(ended, () -> List.of(command) + " does not end: " + lines);
            assertEquals(0, process.exitValue(), () -> List.of(command) + " failed: " + lines);
            return lines.isEmpty() ? "" : lines.getLast();
        } finally {
            process.destroyForcibly();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"IBA7220", "IBA6120"})
    @Fidelity({1, 17, 27, 30, 31, 32})
    void shouldExchangePacketsWithoutAnythingNegotiated(String model) throws Exception {
        try (ChildDaemon daemon = ChildDaemon.start("--model", model)) {
            String last =
                    run(
                            client.toString(),
                            daemon.directory().resolve("ipath0").toString(),
                            Integer.toString(PACKETS));
            assertEquals("packets=" + PACKETS + " bad=0 context=1 lid=1", last);
            assertEquals(List.of(), daemon.complaints());
        }
    }
}

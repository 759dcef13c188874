package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.softpath.abi.Fidelity;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A client in C, written from the documents and without a line of softpath: it negotiates nothing,
 * so the chip is launched by its model's own trigger, the special one or the last dword.
 */
@ExtendWith(ChildOutput.class)
class CClientIT {
    private static final int PACKETS = 20_000;

    /** It spins and never yields: each packet may cost a time slice of a loaded machine. */
    private static final Duration DEADLINE = Await.DEADLINE.multipliedBy(4);

    @TempDir static Path temp;

    private static Path client;

    @BeforeAll
    static void compile() throws Exception {
        CCompiler.assumeAvailable();
        client = CCompiler.compile("client.c", temp);
    }

    @ParameterizedTest
    @ValueSource(strings = {"IBA7220", "IBA6120"})
    @Fidelity({1, 17, 27, 30, 31, 32})
    void shouldExchangePacketsWithoutAnythingNegotiated(String model) throws Exception {
        exchange(model);
    }

    @ParameterizedTest
    @CsvSource({"IBA7220,registered", "IBA7220,ordinary", "IBA6120,ordinary"})
    @Fidelity({43, 47, 48})
    void shouldReceiveIntoItsOwnPages(String model, String memory) throws Exception {
        exchange(model, memory);
    }

    private static void exchange(String model, String... memory) throws Exception {
        try (ChildDaemon daemon = ChildDaemon.start("--model", model)) {
            List<String> command = new ArrayList<>();
            command.add(client.toString());
            command.add(daemon.directory().resolve("ipath0").toString());
            command.add(Integer.toString(PACKETS));
            command.addAll(List.of(memory));
            String last = CCompiler.run(temp, Map.of(), DEADLINE, command.toArray(String[]::new));
            assertEquals("packets=" + PACKETS + " bad=0 context=1 lid=1", last);
            assertEquals(List.of(), daemon.complaints());
        }
    }
}

package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Jobs whose ranks talk through matched queues, each rank a process. */
@ExtendWith(ChildOutput.class)
class MatchedQueueIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir Path temp;

    private List<String> run(int ranks, String options, String... program) {
        List<String> arguments = new ArrayList<>(List.of("run", "-n", Integer.toString(ranks)));
        if (!options.isEmpty()) {
            arguments.addAll(List.of(options.split(" ")));
        }
        arguments.addAll(List.of(program));
        try (Jvm job =
                Shipped.jvm(temp)
                        .lifetime(PATIENCE)
                        .arguments(arguments.toArray(String[]::new))
                        .start()) {
            assertEquals(0, job.exitCode(PATIENCE), job.lines()::toString);
            return job.lines();
        }
    }

    /** From 1 byte to 1 MiB: every class of message, on one unit and across units. */
    @ParameterizedTest
    @CsvSource({
        "1, --model IBA7220",
        "2, --model IBA6120 --units 2",
        "3, --model IBA7322 --units 2",
        "4, --model IBA7220 --units 4"
    })
    void shouldPassMessagesOfEveryClassRound(int ranks, String options) {
        List<String> lines = run(ranks, options, "ring");
        assertTrue(
                lines.stream()
                        .anyMatch(l -> l.contains("1048576 bytes went round " + ranks + " ranks")),
                lines::toString);
    }

    /** A link as bad as that would be taken out of service; nothing is lost on it. */
    @ParameterizedTest
    @Fidelity(69)
    @CsvSource({
        "2, IBA7220, drop=5%;dup=1%;reorder=2%;corrupt=0.1%;delay=50us;seed=7",
        "2, IBA6120, drop=2%;dup=2%;reorder=5%;corrupt=1%;seed=8",
        "3, IBA7322, drop=10%;seed=9"
    })
    void shouldLoseNothingOverALinkThatDoes(int ranks, String model, String trouble) {
        String options =
                "--units " + ranks + " --model " + model + " --link " + trouble.replace(';', ',');
        List<String> lines = run(ranks, options, "ring", "300000");
        assertTrue(
                lines.stream().anyMatch(l -> l.contains("262144 bytes went round")),
                lines::toString);
        lines = run(ranks, options, "allreduce", "20000");
        assertTrue(
                lines.stream().anyMatch(l -> l.contains("20000 numbers of each")), lines::toString);
    }
}

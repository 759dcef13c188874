package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The command line as it is shipped, in a process of its own: jobs that work, fail, and are killed.
 */
@ExtendWith(ChildOutput.class)
class CommandLineIT {
    /** Rank 1 fails if told to; all others wait for ever. */
    private static final String PROGRAM =
            """
            public class Program {
                public static void main(String[] arguments) throws Exception {
                    String rank = System.getenv("SOFTPATH_RANK");
                    System.out.println("rank " + rank + " of " + System.getenv("SOFTPATH_SIZE") + " is up");
                    if (arguments.length > 0 && rank.equals("1")) {
                        System.exit(Integer.parseInt(arguments[0]));
                    }
                    new java.util.concurrent.CountDownLatch(1).await();
                }
            }
            """;

    @TempDir Path temp;

    private Jvm softpath(String... arguments) {
        return Shipped.jvm(temp).arguments(arguments).start();
    }

    private Path program() throws IOException {
        return Files.writeString(
                Files.createDirectories(temp.resolve("src")).resolve("Program.java"), PROGRAM);
    }

    /** Everything a job makes is under the runtime directory; the program's source is ours. */
    private List<String> leftovers() {
        return Shipped.leftovers(temp).stream().filter(name -> !name.equals("src")).toList();
    }

    private static Set<ProcessHandle> family(Jvm launcher) {
        return ProcessHandle.of(launcher.pid())
                .orElseThrow()
                .descendants()
                .collect(Collectors.toSet());
    }

    private static void awaitEnd(Set<ProcessHandle> processes) {
        Await.until(
                "end of " + processes, () -> processes.stream().noneMatch(ProcessHandle::isAlive));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hello -n 4",
                "hello -n 1",
                "hello -n 3 --model IBA6120",
                "hello -n 5 --model IBA7322",
                "hello -n 2 --units 2 --set eager-buffers=64 --set header-entries=64"
            })
    void shouldGreetEveryRankAndLeaveNothing(String command) {
        try (Jvm hello = softpath(command.split(" "))) {
            List<String> lines = hello.awaitSuccess();
            assertTrue(
                    lines.getLast().matches("hello, world: .* nothing left behind, .*"),
                    lines::toString);
            for (String kind :
                    List.of(
                            "user registers",
                            "PIO buffers",
                            "RCVEGRBUFS",
                            "RCVHDRQ",
                            "PIOAVAILREGS")) {
                assertTrue(lines.stream().anyMatch(line -> line.startsWith(kind)), kind);
            }
            assertEquals(List.of(), leftovers());
        }
    }

    @Test
    void shouldEndAJobWithTheExitCodeOfTheRankThatFailed() throws IOException {
        try (Jvm run = softpath("run", "-n", "3", "--label", program().toString(), "7")) {
            assertEquals(7, run.exitCode());
            assertTrue(
                    run.lines().stream().anyMatch(line -> line.matches(".*rank 1 .*exit code 7.*")),
                    () -> run.lines().toString());
            assertEquals(List.of(), leftovers());
        }
    }

    @Test
    void shouldPassASignalOnAndEndByIt() throws IOException {
        try (Jvm run = softpath("run", "-n", "2", "--label", program().toString())) {
            run.awaitLine("rank [01] of 2 is up");
            run.awaitLine("rank [01] of 2 is up");
            Set<ProcessHandle> family = family(run);
            assertTrue(family.size() >= 3, () -> "daemon and two ranks: " + family);
            run.signal(Jvm.SIGTERM);
            assertEquals(Jvm.EXIT_BY_SIGNAL + Jvm.SIGTERM, run.exitCode());
            awaitEnd(family);
            assertEquals(List.of(), leftovers());
        }
    }

    @Test
    void shouldTakeRanksAndDaemonAlongWhenItIsKilled() throws IOException {
        try (Jvm run = softpath("run", "-n", "2", "--label", program().toString())) {
            run.awaitLine("rank [01] of 2 is up");
            run.awaitLine("rank [01] of 2 is up");
            Set<ProcessHandle> family = family(run);
            assertTrue(family.size() >= 3, () -> "daemon and two ranks: " + family);
            run.kill();
            awaitEnd(family);
            Await.until("nothing left", () -> leftovers().isEmpty());
        }
    }
}

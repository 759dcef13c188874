package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code softpath exec} as it is shipped: what it runs, how it ends, and what it leaves. */
@ExtendWith(ChildOutput.class)
class ExecIT {
    @TempDir Path temp;

    @BeforeAll
    static void assume() {
        Preload.assumeBuilt();
    }

    private Jvm exec(String... arguments) {
        return Shipped.jvm(temp).arguments("exec").arguments(arguments).start();
    }

    private Jvm execOn(ChildDaemon daemon, String... arguments) {
        return Shipped.jvm(temp)
                .arguments("exec", "--dir", daemon.directory().toString())
                .arguments(arguments)
                .start();
    }

    private List<String> leftovers() {
        return Stream.of(temp, PrivateDir.SHARED_MEMORY)
                .flatMap(directory -> Shipped.leftovers(directory).stream())
                .filter(name -> name.startsWith(PrivateDir.PREFIX))
                .toList();
    }

    @Test
    void shouldRunAProgramForTheDriverOnUnitsOfItsOwn() throws Exception {
        Path calls = CCompiler.compile("calls.c", temp, "-pthread");
        try (Jvm exec = exec("-n", "3", "--", calls.toString(), "3")) {
            List<String> lines = exec.awaitSuccess();
            assertTrue(lines.getLast().matches("checks=\\d+ failed=0"), lines::toString);
        }
        assertEquals(List.of(), leftovers());
    }

    @Test
    void shouldUseTheDaemonThatRuns() {
        try (ChildDaemon daemon = ChildDaemon.start();
                Jvm exec =
                        execOn(daemon, "sh", "-c", "echo at $SOFTPATH_DIR with $1", "name", "-n")) {
            assertEquals("at " + daemon.directory() + " with -n", exec.awaitSuccess().getLast());
        }
    }

    @Test
    void shouldRefuseWhenTheDaemonThatRunsHasTooFewUnits() {
        try (ChildDaemon daemon = ChildDaemon.start();
                Jvm exec = execOn(daemon, "-n", "2", "true")) {
            assertEquals(ExitCode.FAILED, exec.exitCode());
            assertTrue(exec.lines().getLast().contains("--private"), exec.lines()::toString);
        }
    }

    @Test
    void shouldEndAsTheCommandEnds() {
        try (Jvm exec = exec("sh", "-c", "exit 7")) {
            assertEquals(7, exec.exitCode());
        }
        try (Jvm exec = exec("sh", "-c", "kill -KILL $$")) {
            assertEquals(Jvm.EXIT_BY_SIGNAL + Jvm.SIGKILL, exec.exitCode());
        }
        assertEquals(List.of(), leftovers());
    }

    @Test
    void shouldPassASignalOn() {
        try (Jvm exec = exec("sh", "-c", "trap 'exit 5' TERM; echo up; while :; do read x; done")) {
            exec.awaitLine("^up$");
            exec.signal(Jvm.SIGTERM);
            assertEquals(5, exec.exitCode());
        }
        assertEquals(List.of(), leftovers());
    }

    @Test
    void shouldTakeCommandAndDaemonAlongWhenItIsKilled() {
        try (Jvm exec = exec("sh", "-c", "echo up; read x")) {
            exec.awaitLine("^up$");
            Set<ProcessHandle> family =
                    ProcessHandle.of(exec.pid())
                            .orElseThrow()
                            .descendants()
                            .collect(Collectors.toSet());
            assertTrue(family.size() >= 2, () -> "daemon and command: " + family);
            exec.kill();
            Await.until(
                    "end of " + family, () -> family.stream().noneMatch(ProcessHandle::isAlive));
            Await.until("nothing left", () -> leftovers().isEmpty());
        }
    }

    private static boolean isCommand(ProcessHandle child) {
        return child.info().commandLine().orElse("").contains("read x");
    }

    @Test
    void shouldEndTheCommandWhenItsDaemonDies() {
        try (Jvm exec = exec("sh", "-c", "echo up; read x")) {
            exec.awaitLine("^up$");
            ProcessHandle daemon =
                    ProcessHandle.of(exec.pid())
                            .orElseThrow()
                            .children()
                            .filter(child -> !isCommand(child))
                            .findFirst()
                            .orElseThrow();
            daemon.destroyForcibly();
            assertEquals(Jvm.EXIT_BY_SIGNAL + Jvm.SIGTERM, exec.exitCode());
            Matcher said = exec.awaitLine("softpath exec: the daemon \\(pid (\\d+)\\) ended");
            assertEquals(Long.toString(daemon.pid()), said.group(1));
        }
        assertEquals(List.of(), leftovers());
    }

    @Test
    void shouldEndTheCommandWhenADaemonOfSomebodyElseDies() {
        try (ChildDaemon daemon = ChildDaemon.start();
                Jvm exec = execOn(daemon, "sh", "-c", "echo up; read x")) {
            exec.awaitLine("^up$");
            daemon.kill();
            assertEquals(Jvm.EXIT_BY_SIGNAL + Jvm.SIGTERM, exec.exitCode());
            exec.awaitLine("softpath exec: the daemon \\(pid \\d+\\) of .* is gone");
        }
    }
}

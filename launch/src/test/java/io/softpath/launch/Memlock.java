package io.softpath.launch;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.softpath.linux.CurrentProcess;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The limit of locked memory of a child. */
final class Memlock {
    private Memlock() {}

    /**
     * A command that lowers the limit, and takes away what lifts it; for {@link
     * Jvm.Builder#prefix}. Skips the test where there is none.
     */
    static String[] limit(int bytes) {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "prlimit is not installed");
        List<String> command =
                new ArrayList<>(List.of("prlimit", "--memlock=" + bytes + ":" + bytes));
        if (CurrentProcess.uid() == 0) {
            assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "setpriv is not installed");
            command.addAll(List.of("setpriv", "--bounding-set=-ipc_lock", "--inh-caps=-ipc_lock"));
        }
        return command.toArray(String[]::new);
    }
}

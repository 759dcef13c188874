package io.softpath.launch;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The preload library of this build, for programs that know nothing of softpath. */
final class Preload {
    static final Path SOURCES = Path.of("..", "driver-lib", "src", "main", "c");

    private static final Path LIBRARY =
            Path.of("..", "driver-lib", "target", "native", "libsoftpath-preload.so")
                    .toAbsolutePath()
                    .normalize();

    private Preload() {}

    /** Skips the test where the build could not make it. */
    static void assumeBuilt() {
        CCompiler.assumeAvailable();
        assumeTrue(
                Files.exists(LIBRARY),
                "no preload library: the build did not make " + LIBRARY + "; see its output");
    }

    /** What a program must have in its environment to reach a daemon through the library. */
    static Map<String, String> environment(ChildDaemon daemon, String... more) {
        Map<String, String> environment = new HashMap<>();
        environment.put("LD_PRELOAD", LIBRARY.toString());
        environment.put("SOFTPATH_DIR", daemon.directory().toString());
        for (int i = 0; i < more.length; i += 2) {
            environment.put(more[i], more[i + 1]);
        }
        return environment;
    }
}

package io.softpath.launch;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Programs linked with libpsm, as Debian ships it. */
final class RealLibrary {
    private RealLibrary() {}

    /** Skips the tests, by a named reason, where they cannot be built or run. */
    static void assumeInstalled(Path directory) throws Exception {
        Preload.assumeBuilt();
        assumeTrue(
                Files.exists(Path.of("/usr/include/psm.h")),
                "no libpsm: apt-get install libpsm-infinipath1 libpsm-infinipath1-dev");
        CCompiler.copy("psm_pair.h", directory);
        CCompiler.copy("psm_am_pair.h", directory);
    }

    static Path compile(String source, Path directory) throws Exception {
        return CCompiler.compile(
                source, directory, "-Wl,--no-as-needed", "-lpsm_infinipath", "-linfinipath");
    }
}

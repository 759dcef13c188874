package io.softpath.bench.psm;

import io.softpath.bench.process.CProgram;
import io.softpath.bench.process.Child;
import io.softpath.bench.process.JvmArguments;
import io.softpath.bench.process.PrivateDaemon;
import io.softpath.bench.process.Unavailable;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The C program that uses libpsm, under the preload library. */
final class PsmProgram implements AutoCloseable {
    private final CProgram program;
    private final Path preload;

    private PsmProgram(CProgram program, Path preload) {
        this.program = program;
        this.preload = preload;
    }

    /**
     * Compiles it.
     *
     * @throws Unavailable if something is missing, and what
     */
    static PsmProgram compile() {
        Path preload =
                JvmArguments.preloadLibrary()
                        .orElseThrow(() ->
                                new Unavailable(
                                        "libsoftpath-preload.so is not there: there was no C"
                                            + " compiler when softpath was built; apt-get install"
                                            + " gcc libc6-dev, then softpath build"));
        CProgram program =
                CProgram.compile(
                        PsmProgram.class,
                        "psm_user",
                        "cc",
                        List.of("-lpsm_infinipath", "-linfinipath"),
                        "gcc libc6-dev libpsm-infinipath1-dev");
        return new PsmProgram(program, preload);
    }

    /** Starts it as a user of a daemon. */
    Child start(PrivateDaemon daemon, String role, String... arguments) {
        List<String> command = new ArrayList<>(List.of(program.path().toString(), role));
        command.addAll(List.of(arguments));
        return Child.startProgram(
                "libpsm " + role,
                Map.of(
                        "LD_PRELOAD", preload.toString(),
                        "SOFTPATH_DIR", daemon.directory(),
                        "PSM_DEVICES", "self,ipath",
                        "PSM_SHAREDCONTEXTS", "0",
                        "IPATH_NO_BACKTRACE", "1"),
                command);
    }

    @Override
    public void close() {
        program.close();
    }
}

package io.softpath.bench.psm;

import io.softpath.bench.process.BenchFailure;
import io.softpath.bench.process.Child;
import io.softpath.bench.process.JvmArguments;
import io.softpath.bench.process.PrivateDaemon;
import io.softpath.bench.process.TemporaryDirectory;
import io.softpath.bench.process.Unavailable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The C program that uses libpsm: compiled here, because it needs what this machine has of it. */
final class PsmProgram implements AutoCloseable {
    private static final String NAME = "psm_user";
    private static final Duration COMPILE = Duration.ofMinutes(1);

    private final TemporaryDirectory directory;
    private final Path preload;

    private PsmProgram(TemporaryDirectory directory, Path preload) {
        this.directory = directory;
        this.preload = preload;
    }

    /**
     * Compiles it.
     *
     * @throws BenchFailure if something is missing, and what
     */
    static PsmProgram compile() {
        Path preload =
                JvmArguments.preloadLibrary()
                        .orElseThrow(() ->
                                new Unavailable(
                                        "libsoftpath-preload.so is not there: there was no C"
                                            + " compiler when softpath was built; apt-get install"
                                            + " gcc libc6-dev, then softpath build"));
        PsmProgram program = new PsmProgram(TemporaryDirectory.make(), preload);
        boolean compiled = false;
        try {
            program.compileSource();
            compiled = true;
            return program;
        } finally {
            if (!compiled) {
                program.close();
            }
        }
    }

    private void compileSource() {
        Path source = path().resolveSibling(NAME + ".c");
        try (InputStream in = PsmProgram.class.getResourceAsStream(NAME + ".c")) {
            Files.copy(in, source);
        } catch (IOException e) {
            throw new BenchFailure("cannot write " + source + ": " + e, e);
        }
        List<String> command =
                List.of(
                        "cc",
                        "-std=gnu11",
                        "-O2",
                        "-o",
                        path().toString(),
                        source.toString(),
                        "-lpsm_infinipath",
                        "-linfinipath");
        try (Child cc = Child.startProgram("cc", Map.of(), command)) {
            cc.awaitSuccess(COMPILE);
        } catch (BenchFailure e) {
            throw new Unavailable(
                    "a program for libpsm cannot be built here: "
                            + e.getMessage()
                            + "; it takes apt-get install gcc libc6-dev libpsm-infinipath1-dev",
                    e);
        }
    }

    private Path path() {
        return directory.path().resolve(NAME);
    }

    /** Starts it as a user of a daemon. */
    Child start(PrivateDaemon daemon, String role, String... arguments) {
        List<String> command = new ArrayList<>(List.of(path().toString(), role));
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
        directory.close();
    }
}

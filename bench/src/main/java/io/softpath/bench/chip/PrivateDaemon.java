package io.softpath.bench.chip;

import io.softpath.bench.process.BenchFailure;
import io.softpath.bench.process.ChildJvm;
import io.softpath.bench.process.JvmArguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A daemon of our own in a run directory of our own; it ends with the harness, whatever happens to
 * it.
 */
final class PrivateDaemon implements AutoCloseable {
    private static final String MAIN = "io.softpath.daemon.Main";
    private static final String READY = "softpath daemon ready";
    private static final Duration START = Duration.ofMinutes(1);

    private final Path directory;
    private final ChildJvm process;

    private PrivateDaemon(Path directory, ChildJvm process) {
        this.directory = directory;
        this.process = process;
    }

    /**
     * Starts a daemon with one unit and waits until it serves.
     *
     * @throws BenchFailure if it does not start
     */
    static PrivateDaemon start() {
        Path directory = newDirectory();
        ChildJvm process =
                ChildJvm.start(
                        "daemon",
                        JvmArguments.ofDaemon(),
                        Map.of(),
                        MAIN,
                        List.of("--dir", directory.toString(), "--until-eof"));
        PrivateDaemon daemon = new PrivateDaemon(directory, process);
        boolean started = false;
        try {
            process.awaitLine(READY, START);
            started = true;
            return daemon;
        } finally {
            if (!started) {
                daemon.close();
            }
        }
    }

    private static Path newDirectory() {
        try {
            return Files.createTempDirectory("softpath-bench");
        } catch (IOException e) {
            throw new BenchFailure("cannot make a run directory: " + e, e);
        }
    }

    long pid() {
        return process.pid();
    }

    /**
     * Starts a user of this daemon.
     *
     * @param role first argument of {@link ChipUser}
     */
    ChildJvm startUser(String role, String... arguments) {
        List<String> all = new ArrayList<>();
        all.add(role);
        all.addAll(List.of(arguments));
        return ChildJvm.start(
                role, Map.of("SOFTPATH_DIR", directory.toString()), ChipUser.class.getName(), all);
    }

    @Override
    public void close() {
        process.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new BenchFailure("cannot remove the run directory: " + e, e);
        }
    }
}

package io.softpath.bench.chip;

import io.softpath.bench.process.BenchFailure;
import io.softpath.bench.process.ChildJvm;
import io.softpath.bench.process.CpuPair;
import io.softpath.bench.process.JvmArguments;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A daemon of our own in a run directory of our own; it ends with the harness, whatever happens to
 * it.
 */
final class PrivateDaemon implements AutoCloseable {
    private static final String MAIN = "io.softpath.daemon.Main";
    private static final String READY = "softpath daemon ready";
    private static final Duration START = Duration.ofMinutes(1);

    private final TemporaryDirectory directory;
    private final ChildJvm process;

    private PrivateDaemon(TemporaryDirectory directory, ChildJvm process) {
        this.directory = directory;
        this.process = process;
    }

    /**
     * Starts a daemon with one unit and waits until it serves.
     *
     * @throws BenchFailure if it does not start
     */
    static PrivateDaemon start() {
        TemporaryDirectory directory = TemporaryDirectory.make();
        ChildJvm process =
                ChildJvm.start(
                        "daemon",
                        JvmArguments.ofDaemon(),
                        Map.of(),
                        MAIN,
                        List.of("--dir", directory.path().toString(), "--until-eof"));
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

    /** Runs daemon and user on a CPU each from now on, if that can be done here. */
    void separateFrom(ChildJvm user) {
        CpuPair.ofThisMachine().ifPresent(pair -> pair.pin(process, user));
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
                role,
                Map.of("SOFTPATH_DIR", directory.path().toString()),
                ChipUser.class.getName(),
                all);
    }

    @Override
    public void close() {
        process.close();
        directory.close();
    }
}

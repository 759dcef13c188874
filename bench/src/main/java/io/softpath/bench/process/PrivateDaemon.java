package io.softpath.bench.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A daemon of our own in a run directory of our own; it ends with the harness, whatever happens to
 * it.
 */
public final class PrivateDaemon implements AutoCloseable {
    private static final String MAIN = "io.softpath.daemon.Main";
    private static final String READY = "softpath daemon ready";
    private static final Duration START = Duration.ofMinutes(1);

    private final TemporaryDirectory directory;
    private final Child process;

    private PrivateDaemon(TemporaryDirectory directory, Child process) {
        this.directory = directory;
        this.process = process;
    }

    /**
     * Starts a daemon with one unit and waits until it serves.
     *
     * @param arguments of the daemon beside its directory
     * @throws BenchFailure if it does not start
     */
    public static PrivateDaemon start(String... arguments) {
        TemporaryDirectory directory = TemporaryDirectory.make();
        List<String> all = new ArrayList<>();
        all.addAll(List.of("--dir", directory.path().toString(), "--until-eof"));
        all.addAll(List.of(arguments));
        Child process = Child.start("daemon", JvmArguments.ofDaemon(), Map.of(), MAIN, all);
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

    /**
     * Runs the daemon on one CPU and all users on another from now on, if that can be done here.
     */
    public void separateFrom(Child... users) {
        CpuPair.ofThisMachine()
                .ifPresent(pair -> {
                    for (Child user : users) {
                        pair.pin(process, user);
                    }
                });
    }

    public long pid() {
        return process.pid();
    }

    /**
     * Starts a user of this daemon.
     *
     * @param main its main class
     * @param role its first argument, and how it is called in errors
     */
    public Child startUser(Class<?> main, String role, String... arguments) {
        List<String> all = new ArrayList<>();
        all.add(role);
        all.addAll(List.of(arguments));
        return Child.start(
                role, Map.of("SOFTPATH_DIR", directory.path().toString()), main.getName(), all);
    }

    /** The run directory, for users that are no JVMs. */
    public String directory() {
        return directory.path().toString();
    }

    @Override
    public void close() {
        process.close();
        directory.close();
    }
}

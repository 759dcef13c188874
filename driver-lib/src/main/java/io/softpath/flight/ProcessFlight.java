package io.softpath.flight;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import java.nio.file.Path;
import java.util.Map;

/**
 * The recorder of a user process, which its environment asks for ({@link FlightOptions#RECORD}), so
 * that any program can be recorded. Made by whoever opens the first device. Any thread.
 */
public final class ProcessFlight {
    private static FlightRecorder recorder;
    private static boolean looked;

    private ProcessFlight() {}

    /**
     * The recorder of this process.
     *
     * @param directory for journals if the environment names none
     * @return null if nothing is recorded
     * @throws SoftpathException EINVAL: the environment asks for something that there is not; else
     *     as {@link FlightRecorder#start}
     */
    public static synchronized FlightRecorder recorder(Path directory) {
        if (!looked) {
            recorder = start(System.getenv(), directory);
            looked = true;
        }
        return recorder;
    }

    private static FlightRecorder start(Map<String, String> environment, Path directory) {
        FlightOptions options = options(environment, directory);
        if (options == null) {
            return null;
        }
        String rank = environment.get("SOFTPATH_RANK");
        String name = rank == null || !rank.matches("\\d{1,6}") ? "user" : "rank-" + rank;
        FlightRecorder started =
                FlightRecorder.start(
                        options, name, sentence -> System.err.println("softpath: " + sentence));
        Runtime.getRuntime()
                .addShutdownHook(
                        Thread.ofPlatform().name("softpath-flight-end").unstarted(started::close));
        return started;
    }

    static FlightOptions options(Map<String, String> environment, Path directory) {
        String mode = environment.get(FlightOptions.RECORD);
        if (mode == null || mode.isEmpty()) {
            return null;
        }
        String own = environment.get(FlightOptions.RECORD_DIR);
        String limit = environment.get(FlightOptions.RECORD_LIMIT);
        try {
            return FlightOptions.parse(
                    own == null || own.isEmpty() ? directory : Path.of(own),
                    mode,
                    limit == null || limit.isEmpty() ? null : limit);
        } catch (IllegalArgumentException e) {
            throw SoftpathException.of(
                    Errno.EINVAL, "environment: " + FlightOptions.RECORD + ": " + e.getMessage());
        }
    }
}

package io.softpath.launch;

import io.softpath.driver.DeviceOptions;
import io.softpath.flight.FlightOptions;

import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Stack;

/**
 * What is to be recorded. Journals outlive what is recorded, so they go below the run directory
 * that others find, also if a job has a private one for its time.
 */
final class RecordOptions {
    private static final String HEADERS = "headers";

    @Option(
            names = "--record",
            paramLabel = "WHAT",
            arity = "0..1",
            preprocessor = OnlyAttached.class,
            description =
                    "Record what happens; softpath journal shows it. --record=payload keeps"
                        + " payloads too, --record=strict waits for room rather than drop events;"
                        + " --record=strict,payload does both.")
    private String record;

    @Option(
            names = "--record-dir",
            paramLabel = "DIR",
            description = "Where the journals go (default: flight in the run directory).")
    private Path directory;

    @Option(
            names = "--record-limit",
            paramLabel = "SIZE",
            description = "How much disk each journal may use, say 64M (default: 8M).")
    private String limit;

    /** What a daemon is told. */
    List<String> daemonOptions(RunDir dir) {
        List<String> options = new ArrayList<>();
        if (check(dir)) {
            options.addAll(List.of("--record=" + record, "--record-dir", place(dir).toString()));
            if (limit != null) {
                options.addAll(List.of("--record-limit", limit));
            }
        }
        return options;
    }

    /** What ranks are told. */
    Map<String, String> rankEnvironment(RunDir dir) {
        Map<String, String> environment = new HashMap<>();
        if (check(dir)) {
            environment.put(FlightOptions.RECORD, record);
            environment.put(FlightOptions.RECORD_DIR, place(dir).toString());
            if (limit != null) {
                environment.put(FlightOptions.RECORD_LIMIT, limit);
            }
        }
        return environment;
    }

    /** Whether to record; one sentence now is better than one of each rank later. */
    private boolean check(RunDir dir) {
        if (record == null) {
            if (directory != null || limit != null) {
                throw new Trouble(
                        ExitCode.USAGE, "--record-dir and --record-limit go with --record");
            }
            return false;
        }
        try {
            FlightOptions.parse(place(dir), record, limit);
        } catch (IllegalArgumentException e) {
            throw new Trouble(ExitCode.USAGE, "--" + e.getMessage(), e);
        }
        return true;
    }

    private Path place(RunDir dir) {
        return directory != null
                ? directory.toAbsolutePath()
                : dir.path().resolve(DeviceOptions.FLIGHT_DIRECTORY);
    }

    /** A value is one only if it is attached: what follows --record is a program. */
    static final class OnlyAttached implements IParameterPreprocessor {
        @Override
        public boolean preprocess(
                Stack<String> arguments,
                CommandSpec command,
                ArgSpec option,
                Map<String, Object> facts) {
            if ("=".equals(facts.get("separator"))) {
                return false;
            }
            option.setValue(HEADERS);
            return true;
        }
    }
}

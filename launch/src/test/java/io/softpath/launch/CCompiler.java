package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Compiles C sources of these tests, where there is a compiler. */
final class CCompiler {
    private CCompiler() {}

    /** Skips the test where there is none. */
    static void assumeAvailable() {
        assumeTrue(isOnPath("cc"), "no C compiler: cc is not on PATH");
    }

    static boolean isOnPath(String command) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, command)));
    }

    /**
     * Compiles a resource of this package into a file in a directory, with every warning on.
     *
     * @param options besides those, such as {@code -shared}
     */
    static Path compile(String resource, Path directory, String... options)
            throws IOException, InterruptedException {
        return compileWith("cc", resource, directory, options);
    }

    /** As {@link #compile}, with another command that takes the same options, such as mpicc. */
    static Path compileWith(String compiler, String resource, Path directory, String... options)
            throws IOException, InterruptedException {
        Path source = copy(resource, directory);
        Path target = directory.resolve(resource.substring(0, resource.lastIndexOf('.')));
        List<String> command =
                new ArrayList<>(
                        List.of(compiler, "-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror"));
        command.addAll(List.of(options));
        command.addAll(List.of("-o", target.toString(), source.toString()));
        run(directory, command.toArray(String[]::new));
        return target;
    }

    /** Copies a resource of this package into a directory, such as a header that others include. */
    static Path copy(String resource, Path directory) throws IOException {
        Path target = directory.resolve(resource);
        try (InputStream in = CCompiler.class.getResourceAsStream(resource)) {
            Files.copy(in, target);
        }
        return target;
    }

    /** Runs a command to its end and insists that it went well; its last line. */
    static String run(Path directory, String... command) throws IOException, InterruptedException {
        return run(directory, Map.of(), Await.DEADLINE, command);
    }

    /** As {@link #run(Path, String...)}, with more in its environment and another deadline. */
    static String run(
            Path directory, Map<String, String> environment, Duration deadline, String... command)
            throws IOException, InterruptedException {
        Ended ended = toEnd(directory, environment, deadline, command);
        assertEquals(0, ended.code(), () -> List.of(command) + " failed: " + ended.lines());
        return ended.lines().isEmpty() ? "" : ended.lines().getLast();
    }

    /**
     * How a command ended.
     *
     * @param code what it exited with, 128 and more: killed by a signal
     * @param lines what it printed
     */
    record Ended(int code, List<String> lines) {}

    /** Runs a command to its end, whatever that is; nothing that it started outlives this call. */
    static Ended toEnd(
            Path directory, Map<String, String> environment, Duration deadline, String... command)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile(directory, "output", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        try (Session session = Session.start(builder)) {
            Process process = session.leader();
            boolean ended = process.waitFor(deadline.toSeconds(), TimeUnit.SECONDS);
            List<String> lines = new ArrayList<>(Files.readAllLines(output));
            assertTrue(ended, () -> List.of(command) + " does not end: " + lines);
            return new Ended(process.exitValue(), lines);
        }
    }
}

package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.softpath.driver.Device;
import io.softpath.driver.DeviceOptions;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A device daemon in a process of its own, with a run directory of its own. Stops with the test's
 * JVM even if that is killed, because its standard input ends then.
 *
 * <p>{@link #close} stops it gracefully, unless it is dead, and insists that it left nothing.
 */
final class ChildDaemon implements AutoCloseable {
    static final String MAIN_CLASS = "io.softpath.daemon.Main";

    private static final Pattern MEMORY_FILE = Pattern.compile("/memfd:softpath:\\S+");

    private final Jvm jvm;
    private final Path directory;

    private ChildDaemon(Jvm jvm, Path directory) {
        this.jvm = jvm;
        this.directory = directory;
    }

    /** Starts one in a new directory that only this user may enter, and waits until it is ready. */
    static ChildDaemon start(String... options) {
        return start(newDirectory("rwx------"), options);
    }

    /** As {@link #start(String...)}, for users of every uid. */
    static ChildDaemon startForEverybody(String... options) {
        return start(
                newDirectory("rwxr-xr-x"),
                Stream.concat(Stream.of("--socket-mode", "0666"), Stream.of(options))
                        .toArray(String[]::new));
    }

    /** Starts one in this directory and waits until it is ready. */
    static ChildDaemon start(Path directory, String... options) {
        return start(jvm(directory, options), directory);
    }

    /** As {@link #start(Path, String...)}, in a JVM from {@link #jvm} that the test has changed. */
    static ChildDaemon start(Jvm.Builder jvm, Path directory) {
        Jvm started = jvm.start();
        try {
            started.awaitLine("^softpath daemon ready: .*\\bpid=" + started.pid() + "\\b");
        } catch (AssertionError e) {
            started.close();
            throw e;
        }
        return new ChildDaemon(started, directory);
    }

    /** How a daemon is started, for tests that want it otherwise or expect it to fail. */
    static Jvm.Builder jvm(Path directory, String... options) {
        return Jvm.of(MAIN_CLASS)
                .arguments("--dir", directory.toString(), "--until-eof")
                .arguments(options);
    }

    /** A new empty directory; whoever starts a daemon in it owns it. */
    static Path newDirectory(String permissions) {
        try {
            Path directory = Files.createTempDirectory("softpath-it-");
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(permissions));
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Jvm jvm() {
        return jvm;
    }

    long pid() {
        return jvm.pid();
    }

    /** The run directory, where the sockets are. */
    Path directory() {
        return directory;
    }

    /** How this test's own process opens it, on any unit. */
    DeviceOptions device() {
        return DeviceOptions.fromEnvironment()
                .withDirectory(directory)
                .withUnit(DeviceOptions.ANY_UNIT);
    }

    /** Opens it in this test's own process. */
    Device open() {
        return Device.open(device());
    }

    /**
     * Whether this process may look into the daemon's {@code /proc} files: a daemon is undumpable,
     * so only root may.
     */
    boolean canBeLookedInto() {
        return Files.isReadable(Path.of("/proc", Long.toString(pid()), "maps"));
    }

    /** How many descriptors it has open; needs {@link #canBeLookedInto}. */
    int openDescriptors() {
        try (Stream<Path> numbers = Files.list(Path.of("/proc", Long.toString(pid()), "fd"))) {
            return (int) numbers.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The names of the regions that it has mapped, sorted; needs {@link #canBeLookedInto}. */
    List<String> mappedRegions() {
        try (Stream<String> maps = Files.lines(Path.of("/proc", Long.toString(pid()), "maps"))) {
            return maps.map(MEMORY_FILE::matcher)
                    .filter(Matcher::find)
                    .map(Matcher::group)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A line of its {@code /proc/<pid>/status} that counts KiB, such as {@code RssShmem}; needs
     * {@link #canBeLookedInto}.
     */
    long memoryKib(String name) {
        Path status = Path.of("/proc", Long.toString(pid()), "status");
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith(name + ":"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SIGTERM: it must end with exit code 0 and take away everything that it made. */
    void terminate() {
        jvm.signal(Jvm.SIGTERM);
        assertEquals(0, jvm.exitCode(), "exit code of the daemon after SIGTERM");
        assertEquals(List.of(), leftovers(), "files left behind in " + directory);
    }

    /** What it logged as a warning or an error, but for the note that it logs no more of a kind. */
    List<String> complaints() {
        return jvm.lines().stream()
                .filter(line -> line.matches(".* (WARN|ERROR) .*"))
                .filter(line -> !line.matches(".* left out \\d+ lines.*"))
                .toList();
    }

    /** SIGKILL: it leaves its sockets and lock file behind. */
    void kill() {
        jvm.kill();
    }

    /** What is in the run directory. */
    List<String> leftovers() {
        try (Stream<Path> files = Files.exists(directory) ? Files.list(directory) : Stream.of()) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            if (jvm.isAlive()) {
                terminate();
            }
        } finally {
            jvm.close();
            delete(directory);
        }
    }

    static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

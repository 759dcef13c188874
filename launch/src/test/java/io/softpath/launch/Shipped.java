package io.softpath.launch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The command line as it is shipped, as a process. */
final class Shipped {
    static final Path DIST =
            Path.of(System.getProperty("basedir", ""), "target", "dist").toAbsolutePath();

    private Shipped() {}

    /** Its JVM; run directories are made in this directory. */
    static Jvm.Builder jvm(Path runtime) {
        return Jvm.of("io.softpath.launch.Softpath")
                .classPath(DIST.resolve("softpath.jar").toString())
                .flagsFile(DIST.resolve("jvm.flags"))
                .environment("XDG_RUNTIME_DIR", runtime.toString());
    }

    /** The names in a directory, sorted. */
    static List<String> leftovers(Path runtime) {
        try (Stream<Path> files = Files.list(runtime)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

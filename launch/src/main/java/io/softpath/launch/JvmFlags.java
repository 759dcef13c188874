package io.softpath.launch;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How softpath starts a JVM: which java, the one list of flags ({@code jvm.flags}, an argument
 * file), which class path.
 *
 * <p>In a distribution the flags lie beside softpath.jar, whose manifest names all other jars. Run
 * from a module's classes, as tests are, they lie in {@code launch/src/main/dist}, and the class
 * path is that of this JVM.
 */
public final class JvmFlags {
    private static final String FILE = "jvm.flags";
    private static final String DAEMON_FILE = "daemon.flags";
    private static final String PRELOAD = "libsoftpath-preload.so";

    /** No file of ours outlives a killed process: HotSpot's performance data would, in /tmp. */
    private static final String NO_PERF_DATA = "-XX:-UsePerfData";

    private static final String SERIAL_GC = "-XX:+UseSerialGC";

    private JvmFlags() {}

    /**
     * Starts a user program.
     *
     * @param options what the user wants the JVM to be told, after our own flags
     * @param classPath what goes before softpath's own class path, or empty
     */
    public static List<String> user(List<String> options, String classPath, String mainClass) {
        List<String> command = new ArrayList<>(List.of(java(), NO_PERF_DATA));
        // A JVM refuses two collectors.
        if (options.stream().noneMatch(o -> o.matches("-XX:\\+Use\\w*GC"))) {
            command.add(SERIAL_GC);
        }
        command.add("@" + file());
        command.addAll(options);
        String all = classPath.isEmpty() ? classPath() : classPath + ":" + classPath();
        command.addAll(List.of("-cp", all, mainClass));
        return command;
    }

    /** Starts a daemon; {@code daemon.flags} lies beside the list. */
    public static List<String> daemon(String mainClass) {
        return new ArrayList<>(
                List.of(
                        java(),
                        "@" + file().resolveSibling(DAEMON_FILE),
                        "@" + file(),
                        "-cp",
                        classPath(),
                        mainClass));
    }

    /** The java that runs this. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** The argument file. */
    static Path file() {
        Path code = code();
        List<Path> places =
                Files.isDirectory(code)
                        ? List.of(code.resolveSibling("../src/main/dist/" + FILE).normalize())
                        : List.of(code.resolveSibling(FILE));
        return places.stream()
                .filter(Files::isReadable)
                .findFirst()
                .orElseThrow(() ->
                        Trouble.unavailable(
                                "the JVM flags are not where they should be: " + places));
    }

    /** Where the build puts the preload library, if it could make it. */
    static Path preloadLibrary() {
        Path code = code();
        return Files.isDirectory(code)
                ? code.resolveSibling("../../driver-lib/target/native/" + PRELOAD).normalize()
                : code.resolveSibling(PRELOAD);
    }

    /** Everything softpath consists of. */
    public static String classPath() {
        Path code = code();
        return Files.isDirectory(code) ? System.getProperty("java.class.path") : code.toString();
    }

    /** Where this class comes from: a directory of classes, or softpath.jar. */
    private static Path code() {
        try {
            return Path.of(
                    JvmFlags.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}

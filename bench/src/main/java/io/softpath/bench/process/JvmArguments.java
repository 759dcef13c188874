package io.softpath.bench.process;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * JVM arguments of children: the project's one list of flags, which lies in the distribution beside
 * the jars that this JVM runs from. Run from a build tree, where there is no distribution, the
 * harness hands down what it was started with.
 */
public final class JvmArguments {
    private static final String FILE = "jvm.flags";
    private static final String DAEMON_FILE = "daemon.flags";
    private static final String PRELOAD = "libsoftpath-preload.so";

    private JvmArguments() {}

    /** The arguments that every JVM of a measurement is started with. */
    public static List<String> ofChild() {
        return argumentFile(System.getProperty("java.class.path"))
                .map(file -> List.of("@" + file))
                .orElseGet(
                        () -> inherited(ManagementFactory.getRuntimeMXBean().getInputArguments()));
    }

    /** The arguments that a daemon is started with: its own, as far as there is a distribution. */
    public static List<String> ofDaemon() {
        return argumentFile(System.getProperty("java.class.path"))
                .map(file -> List.of("@" + file.resolveSibling(DAEMON_FILE), "@" + file))
                .orElseGet(JvmArguments::ofChild);
    }

    /** The preload library, which lies in the distribution too, if it could be built. */
    public static Optional<Path> preloadLibrary() {
        return argumentFile(System.getProperty("java.class.path"))
                .map(file -> file.resolveSibling(PRELOAD))
                .filter(Files::isReadable);
    }

    /** The flags beside a jar of the class path, or one folder above it. */
    static Optional<Path> argumentFile(String classPath) {
        for (String entry : classPath.split(File.pathSeparator, -1)) {
            Path folder = Path.of(entry).toAbsolutePath().getParent();
            for (int i = 0; i < 2 && entry.endsWith(".jar") && folder != null; i++) {
                if (Files.isReadable(folder.resolve(FILE))) {
                    return Optional.of(folder.resolve(FILE));
                }
                folder = folder.getParent();
            }
        }
        return Optional.empty();
    }

    /**
     * Without agents: a debugger's port is taken, and a profiler would be measured with the rest.
     * Without tuning: a command line that compiles as little as it can is no measure of anything.
     */
    static List<String> inherited(List<String> own) {
        return own.stream()
                .filter(argument -> !isAgent(argument) && !argument.startsWith("-X"))
                .toList();
    }

    private static boolean isAgent(String argument) {
        return argument.startsWith("-agent") || argument.startsWith("-javaagent");
    }
}

package io.softpath.flight;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command of a JVM like this one. */
final class ChildJvm {
    private ChildJvm() {}

    static List<String> command(Class<?> main, String... args) {
        return command(flags(), main, args);
    }

    static List<String> command(List<String> flags, Class<?> main, String... args) {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(flags);
        words.add("-XX:+UseSerialGC");
        words.add("-XX:-UsePerfData");
        words.add("-cp");
        words.add(System.getProperty("java.class.path"));
        words.add(main.getName());
        words.addAll(List.of(args));
        return words;
    }

    /** What this JVM was told about modules. */
    static List<String> flags() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> flag.startsWith("--"))
                .toList();
    }
}

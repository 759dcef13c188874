package io.softpath.bench.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs every stress test of this package for a short time: about half a minute on two CPUs. */
class MemoryOrderIT {
    private static final int DEADLINE_SECONDS = 300;
    private static final String TEST_LIST = "/META-INF/TestList";

    @Test
    void shouldSeeNoForbiddenOutcome(@TempDir Path directory) throws Exception {
        assumeTrue(
                Runtime.getRuntime().availableProcessors() > 1,
                "one CPU reorders nothing that the other could see");
        Path output = directory.resolve("output");
        Process jcstress =
                new ProcessBuilder(command())
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        try {
            if (!jcstress.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                fail(
                        "jcstress did not end within "
                                + DEADLINE_SECONDS
                                + " s:\n"
                                + Files.readString(output));
            }
        } finally {
            jcstress.descendants().forEach(ProcessHandle::destroyForcibly);
            jcstress.destroyForcibly();
        }
        String report = Files.readString(output);
        assertEquals(0, jcstress.exitValue(), report);
        assertTrue(
                report.contains("All remaining tests: " + testCount() + " matching test results"),
                report);
    }

    /**
     * All compilers at once rather than each pair of them, and one JVM configuration: an ordering
     * mistake of ours shows in any of them, one of the JIT's is not what is looked for. Threads
     * that wait yield, because other builds run too.
     */
    private static List<String> command() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "org.openjdk.jcstress.Main",
                "-t",
                MemoryOrderIT.class.getPackageName().replace(".", "\\."),
                "-m",
                "quick",
                "-f",
                "1",
                "-iters",
                "4",
                "-time",
                "250",
                "-sc",
                "false",
                "-spinStyle",
                "THREAD_YIELD",
                "-jvmArgs",
                "-XX:+UseSerialGC -XX:-RestrictContended --enable-native-access=ALL-UNNAMED"
                        + " --add-exports=java.base/jdk.internal.misc=ALL-UNNAMED");
    }

    /** As many as the annotation processor found, one a line. */
    private static long testCount() throws IOException {
        try (InputStream list = MemoryOrderIT.class.getResourceAsStream(TEST_LIST);
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(list, StandardCharsets.UTF_8))) {
            return lines.lines().filter(line -> !line.isBlank()).count();
        }
    }
}

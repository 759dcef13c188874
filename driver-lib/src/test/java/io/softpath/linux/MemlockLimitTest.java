package io.softpath.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A child without privileges and with a small limit: locking is refused and everything else works.
 */
class MemlockLimitTest {
    private static final int BYTES = 1 << 20;

    @Test
    void shouldReportRefusedLockWhenTheLimitIsTooSmall() throws Exception {
        String output = runChild("65536:65536");
        assertTrue(output.startsWith("refused ENOMEM"), output);
        assertTrue(output.contains("memlockLimitBytes=65536/65536"), output);
        assertTrue(output.contains("remedy="), output);
    }

    @Test
    void shouldReportRefusedLockWhenNothingMayBeLocked() throws Exception {
        String output = runChild("0:0");
        assertTrue(output.startsWith("refused EPERM"), output);
    }

    /** The child. */
    static final class Child {
        private Child() {}

        public static void main(String[] args) {
            try (MemFd file = MemFd.create("softpath-test", BYTES);
                    Arena arena = Arena.ofConfined()) {
                MappedMemory mapped = MappedMemory.map(file.fd(), 0, BYTES, true, arena);
                LockResult result = mapped.lockOnFault();
                mapped.segment().fill((byte) 1);
                System.out.println(
                        result.locked()
                                ? "locked"
                                : "refused " + result.errno().name() + " " + result.reason());
            }
        }
    }

    private static String runChild(String limit) throws IOException, InterruptedException {
        boolean root = CurrentProcess.uid() == 0;
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "prlimit is not installed");
        List<String> command = new ArrayList<>(List.of("prlimit", "--memlock=" + limit));
        if (root) { // root may lock without limit
            assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "setpriv is not installed");
            command.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
        }
        String java = ProcessHandle.current().info().command().orElseThrow();
        command.addAll(
                List.of(
                        java,
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:-UsePerfData",
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName()));
        Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String output =
                    new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(child.waitFor(60, TimeUnit.SECONDS), output);
            assumeTrue(
                    !output.contains("Could not find or load main class"),
                    "the class path is not readable for another user");
            assertEquals(0, child.exitValue(), output);
            return output;
        } finally {
            child.destroyForcibly();
        }
    }
}

package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Debian's libfabric on the chip, by its own programs. */
@ExtendWith(ChildOutput.class)
class FabricIT {
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @TempDir static Path temp;

    @BeforeAll
    static void assume() {
        Preload.assumeBuilt();
        assumeTrue(
                CCompiler.isOnPath("fi_info") && CCompiler.isOnPath("fi_pingpong"),
                "no libfabric: apt-get install libfabric-bin");
    }

    private static Map<String, String> environment(ChildDaemon daemon) {
        return Preload.environment(daemon, "PSM_DEVICES", "self,ipath", "PSM_SHAREDCONTEXTS", "0");
    }

    /** Skips the test if this libfabric was built without libpsm. */
    private static void assumeProvider(Map<String, String> environment) throws Exception {
        CCompiler.Ended info =
                CCompiler.toEnd(temp, environment, Await.DEADLINE, "fi_info", "--list");
        assumeTrue(
                info.lines().contains("psm:"),
                () -> "this libfabric has no psm provider: " + info.lines());
    }

    @Test
    void shouldPassTheMessagesOfFiPingpong() throws Exception {
        try (ChildDaemon daemon = ChildDaemon.start("--units", "2")) {
            Map<String, String> environment = environment(daemon);
            assumeProvider(environment);
            String port = Integer.toString(freePort());
            Path output = temp.resolve("server.txt");
            ProcessBuilder builder =
                    new ProcessBuilder(pingpong("-B", port))
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            Process server = builder.start();
            try {
                Await.until("fi_pingpong listens", () -> listens(Integer.parseInt(port)));
                CCompiler.Ended client =
                        CCompiler.toEnd(
                                temp, environment, PATIENCE, pingpong("-P", port, "127.0.0.1"));
                List<String> lines = client.lines();
                assertEquals(0, client.code(), lines::toString);
                assertTrue(
                        lines.stream().anyMatch(line -> line.matches("16k +20 +=20 .*")),
                        lines::toString);
                assertTrue(server.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS));
                assertEquals(0, server.exitValue(), () -> read(output));
            } finally {
                server.destroyForcibly();
            }
            assertEquals(List.of(), daemon.complaints());
        }
    }

    /** 20 messages of 16 KiB, content checked; both sides must be told the same. */
    private static String[] pingpong(String... side) {
        List<String> command =
                new ArrayList<>(List.of("fi_pingpong", "-p", "psm", "-e", "rdm", "-c"));
        command.addAll(List.of("-I", "20", "-S", "16384"));
        command.addAll(List.of(side));
        return command.toArray(String[]::new);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Does anybody listen there? To connect would take the place of the client. */
    private static boolean listens(int port) {
        String wanted = String.format("(?s).*:%04X [0-9A-F]+:0000 0A .*", port);
        return read(Path.of("/proc/net/tcp")).matches(wanted)
                || Files.exists(Path.of("/proc/net/tcp6"))
                        && read(Path.of("/proc/net/tcp6")).matches(wanted);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

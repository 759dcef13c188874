package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.psm.EndpointId;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** A process of the real library with an endpoint on unit 1, which waits to be told its peer. */
final class RealPeer implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;
    private final EndpointId id;

    private RealPeer(Process process) throws IOException {
        this.process = process;
        output = process.inputReader();
        List<String> notices = new ArrayList<>();
        String first = output.readLine();
        while (first != null && !first.startsWith("epid ")) {
            notices.add(first);
            first = output.readLine();
        }
        assertTrue(first != null, "it only said: " + notices);
        id = new EndpointId(Long.parseLong(first.substring(5)));
    }

    /**
     * Starts a program; everything goes through the chip.
     *
     * @param more names and values for its environment
     */
    static RealPeer start(
            ChildDaemon daemon, UUID job, Path program, List<String> arguments, String... more)
            throws IOException {
        List<String> command =
                new ArrayList<>(List.of(program.toString(), job.toString().replace("-", ""), "1"));
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(Preload.environment(daemon, more));
        builder.environment().put("PSM_DEVICES", "self,ipath");
        builder.environment().put("PSM_SHAREDCONTEXTS", "0");
        Process process = builder.start();
        try {
            return new RealPeer(process);
        } catch (IOException | AssertionError e) {
            process.destroyForcibly();
            throw e;
        }
    }

    EndpointId id() {
        return id;
    }

    /** Tells it whom to connect to. */
    void tell(EndpointId peer) throws IOException {
        try (Writer writer =
                new OutputStreamWriter(process.getOutputStream(), StandardCharsets.US_ASCII)) {
            writer.write(peer.value() + "\n");
        }
    }

    /** Waits for its end, which must be a good one; what it has said. */
    List<String> end() throws InterruptedException {
        assertTrue(process.waitFor(30, TimeUnit.SECONDS), "it goes on");
        List<String> rest = output.lines().toList();
        assertEquals(0, process.exitValue(), rest::toString);
        return rest;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}

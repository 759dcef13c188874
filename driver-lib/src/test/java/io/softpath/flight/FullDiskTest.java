package io.softpath.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.softpath.error.SoftpathException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A real disk that is full: a tmpfs of a few megabytes, in a mount namespace of a child. */
class FullDiskTest {
    @TempDir Path root;

    @Test
    @Timeout(120)
    void shouldStopRecordingOnAFullDiskAndGoOn() throws Exception {
        List<String> lines = runOn("4m", "record");
        assertTrue(lines.getFirst().startsWith("recording ends"), lines.toString());
        assertTrue(lines.getFirst().contains("ENOSPC"), lines.toString());
        assertEquals("read in order", lines.get(1), lines.toString());
        assertEquals("alive", lines.getLast(), lines.toString());
    }

    @Test
    @Timeout(120)
    void shouldRefuseToStartOnAFullDisk() throws Exception {
        List<String> lines = runOn("512k", "record");
        assertTrue(lines.getFirst().startsWith("ENOSPC no room for a journal"), lines.toString());
    }

    private List<String> runOn(String size, String command) throws Exception {
        Path mount = Files.createDirectories(root.resolve("mount"));
        String script = "mount -t tmpfs -o size=" + size + " tmpfs " + mount + " && exec \"$@\"";
        List<String> words = new ArrayList<>(List.of("unshare", "-Urm", "sh", "-c", script, "sh"));
        assumeTrue(succeeds(words, "true"), "no user namespaces here");
        words.addAll(ChildJvm.command(Child.class, command, mount.toString()));
        Process child = new ProcessBuilder(words).redirectErrorStream(true).start();
        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, child.waitFor(), output);
        return output.lines().toList();
    }

    private static boolean succeeds(List<String> prefix, String program) throws Exception {
        List<String> words = new ArrayList<>(prefix);
        words.add(program);
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        process.getInputStream().readAllBytes();
        return process.waitFor() == 0;
    }

    /** Records until it is told that there is no room. */
    static final class Child {
        private Child() {}

        public static void main(String[] args) throws IOException {
            FlightOptions options =
                    new FlightOptions(
                            Path.of(args[1]), JournalOptions.limitedTo(64 << 20), true, 0);
            CompletableFuture<String> complaint = new CompletableFuture<>();
            try (FlightRecorder recorder =
                    FlightRecorder.start(options, "full", complaint::complete)) {
                long count = 0;
                while (recorder.isRecording()) {
                    recorder.record(FlightKind.APP_NOTE, 0, 0, 0, count++, 0, 0, 0, 0, 0);
                }
                System.out.println(complaint.join());
                System.out.println(read(recorder.directory()));
                System.out.println("alive");
            } catch (SoftpathException e) {
                System.out.println(e.errno().name() + " " + e.getMessage());
            }
        }

        private static String read(Path directory) {
            long next = 0;
            try (JournalReader reader = JournalReader.open(directory)) {
                for (FlightEvent e = reader.next(); e != null; e = reader.next()) {
                    if (e.is(FlightKind.APP_NOTE) && e.value("a") != next++) {
                        return "event " + (next - 1) + " is missing";
                    }
                }
            }
            return next > 10_000 ? "read in order" : "only " + next;
        }
    }
}

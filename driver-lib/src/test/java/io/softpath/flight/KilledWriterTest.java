package io.softpath.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.error.SoftpathException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What was written is there after a SIGKILL, and nothing is left elsewhere. */
class KilledWriterTest {
    @TempDir Path root;

    @Test
    @Timeout(120)
    void shouldHaveEverythingThatWasAppendedBeforeTheKill() throws IOException {
        Process child = child(ChildJvm.flags(), "write");
        long last = 0;
        try (BufferedReader output = child.inputReader()) {
            for (int lines = 0; lines < 40; lines++) {
                String line = output.readLine();
                assertNotNull(line, "the child ended after " + lines + " lines");
                last = Long.parseLong(line);
            }
            child.toHandle().destroyForcibly(); // the output stays open
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                last = line.matches("\\d+000") ? Long.parseLong(line) : last;
            }
        } finally {
            child.destroyForcibly();
        }
        long next = 0;
        try (JournalReader reader = JournalReader.open(Journals.find(root).getFirst())) {
            for (FlightEvent e = reader.next(); e != null; e = reader.next()) {
                if (e.is(FlightKind.APP_DELIVERED)) {
                    assertEquals(new MessageId(2, 1, 3, next), e.messageId());
                    assertEquals(~next, e.value("checksum"));
                    next++;
                }
            }
            assertFalse(reader.isEnded());
        }
        assertTrue(next > last, "read " + next + " but " + last + " was appended");
        try (var left = Files.list(root.resolve("home"))) {
            assertEquals(List.of(), left.toList());
        }
        try (var left = Files.list(root.resolve("tmp"))) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    @Timeout(120)
    void shouldSayWhichFlagsAreMissing() throws IOException {
        Process child = child(List.of("--enable-native-access=ALL-UNNAMED"), "write");
        try (BufferedReader output = child.inputReader()) {
            String line = output.readLine();
            assertTrue(line.startsWith("EOPNOTSUPP "), line);
            assertTrue(line.contains("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED"), line);
            assertTrue(line.contains("remedy="), line);
        } finally {
            child.destroyForcibly();
        }
    }

    private Process child(List<String> flags, String command) throws IOException {
        Path home = Files.createDirectories(root.resolve("home"));
        Path temporary = Files.createDirectories(root.resolve("tmp"));
        List<String> all = new ArrayList<>(flags);
        all.add("-Duser.home=" + home);
        all.add("-Djava.io.tmpdir=" + temporary);
        List<String> words = ChildJvm.command(all, Child.class, command, root.toString());
        return new ProcessBuilder(words).redirectErrorStream(true).start();
    }

    /** The process that is killed. */
    static final class Child {
        private static final long MOST = 1_000_000;

        private Child() {}

        public static void main(String[] args) {
            Path root = Path.of(args[1]);
            try (AppJournal journal = AppJournal.open(root, "child")) {
                for (long i = 0; i < MOST; i++) { // whoever should kill it may be dead
                    journal.delivered(new MessageId(2, 1, 3, i), 8, ~i);
                    if (i % 1000 == 0) {
                        System.out.println(i);
                    }
                }
            } catch (SoftpathException e) {
                System.out.println(e.errno().name() + " " + e.getMessage());
            }
        }
    }
}

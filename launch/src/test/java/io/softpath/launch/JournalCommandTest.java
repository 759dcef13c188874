package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.softpath.flight.AppJournal;
import io.softpath.flight.MessageId;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

class JournalCommandTest {
    private static final MessageId ID = new MessageId(2, 1, 3, 17);

    @TempDir private Path root;

    @BeforeEach
    void write() {
        try (AppJournal sender = AppJournal.open(root, "rank-2");
                AppJournal receiver = AppJournal.open(root, "rank-3")) {
            sender.note("hello", 1, 2, 3, 4);
            sender.send(ID, 100, 0xabcL);
            receiver.delivered(ID, 100, 0xabcL);
            sender.acked(ID, 100, 0xabcL);
            sender.failed(new MessageId(2, 1, 3, 18), 107, "EPID_NETWORK_ERROR");
        }
    }

    private CommandLineRun journal(String... arguments) {
        List<String> all = new ArrayList<>(List.of("journal"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--record-dir", root.toString()));
        return CommandLineRun.of(all.toArray(String[]::new));
    }

    @Test
    void shouldDumpAllJournalsInTheOrderOfTime() {
        List<String> lines = journal("dump", "--kind", "app").out().lines().toList();
        assertEquals(5, lines.size());
        assertTrue(lines.get(0).contains("\"hello\""), lines.get(0));
        assertTrue(lines.get(1).contains("sequence=17 length=100 checksum=0xabc"), lines.get(1));
        assertTrue(lines.get(2).contains("rank-3["), lines.get(2));
        assertTrue(lines.get(4).contains("errno=107"), lines.get(4));
    }

    @Test
    void shouldDumpJson() {
        List<String> lines =
                journal("dump", "--json", "--process", "rank-3", "--kind", "app.delivered")
                        .out()
                        .lines()
                        .toList();
        assertEquals(1, lines.size());
        JsonNode event = Json.tree(lines.getFirst());
        assertEquals("app.delivered", event.get("kind").asText());
        assertEquals(0xabc, event.get("values").get("checksum").asLong());
        assertEquals(ProcessHandle.current().pid(), event.get("pid").asLong());
    }

    @Test
    void shouldTellTheStoryOfAnApplicationsMessage() {
        List<String> lines = journal("story", "2.1-3:17").out().lines().toList();
        assertEquals(3, lines.size(), lines::toString);
        assertTrue(lines.get(0).contains("app.send"), lines.get(0));
        assertTrue(lines.get(1).contains("app.delivered"), lines.get(1));
        assertTrue(lines.get(2).contains("app.acked"), lines.get(2));
    }

    @Test
    void shouldSayThatNothingIsKnownOfAMessage() {
        CommandLineRun run = journal("story", "1.1-1.2:5");
        assertEquals(1, run.exitCode());
        assertTrue(run.err().contains("message=1.1-1.2:5"), run.err());
        CommandLineRun wrong = journal("story", "seventeen");
        assertEquals(ExitCode.USAGE, wrong.exitCode());
        assertTrue(wrong.err().contains("say 1.1-1.2:17"), wrong.err());
    }

    @Test
    void shouldGrepTailAndCount() {
        assertEquals(1, journal("grep", "EPID_NETWORK").out().lines().count());
        assertEquals(1, journal("grep", "nowhere").exitCode());
        assertEquals(ExitCode.USAGE, journal("grep", "(").exitCode());
        assertEquals(2, journal("tail", "-n", "2").out().lines().count());
        String stats = journal("stats").out();
        assertTrue(stats.contains("ended in order"), stats);
        assertTrue(stats.contains("1  app.note"), stats);
        JsonNode json =
                Json.tree(journal("stats", "--json").out().lines().findFirst().orElseThrow());
        assertEquals("rank-2", json.get("journal").asText());
        assertEquals(6, json.get("events").asInt());
        assertTrue(json.get("ended").asBoolean());
    }

    @Test
    void shouldSayWhereItLookedForJournals() {
        CommandLineRun run =
                CommandLineRun.of("journal", "dump", "--dir", root.resolve("run").toString());
        assertEquals(ExitCode.FAILED, run.exitCode());
        assertTrue(run.err().contains(root.resolve("run").resolve("flight").toString()), run.err());
    }
}

package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A conversation is recorded, every process of it is killed, and the journals tell of it. */
@ExtendWith(ChildOutput.class)
class FlightRecorderIT {
    @TempDir private Path temp;
    private Path flight;

    @BeforeEach
    void place() {
        flight = temp.resolve("flight");
    }

    private Jvm rank(ChildDaemon daemon, int rank, UUID job, String... peer) {
        return Jvm.of(RecordedRank.class)
                .environment("SOFTPATH_RECORD", "payload")
                .environment("SOFTPATH_RECORD_DIR", flight.toString())
                .environment("SOFTPATH_RANK", Integer.toString(rank))
                .environment("PSM_DEVICES", "self,ipath")
                .arguments(
                        daemon.directory().toString(),
                        Integer.toString(rank),
                        job.toString(),
                        flight.toString())
                .arguments(peer)
                .start();
    }

    /** Everybody is killed when both ranks have said that all is done. */
    private void converseAndKill() {
        UUID job = UUID.randomUUID();
        try (ChildDaemon daemon =
                        ChildDaemon.start(
                                "--units", "2", "--record", "--record-dir", flight.toString());
                Jvm taker = rank(daemon, 1, job)) {
            String id = taker.awaitLine("^id (\\d+)$").group(1);
            try (Jvm sender = rank(daemon, 0, job, id)) {
                sender.awaitLine("^all done$");
                taker.awaitLine("^all done$");
                daemon.kill();
                sender.kill();
                taker.kill();
            }
        }
    }

    private List<JsonNode> story(String message) {
        List<String> lines = journal("story", message, "--json");
        List<JsonNode> events = new ArrayList<>();
        lines.forEach(line -> events.add(Json.tree(line)));
        return events;
    }

    private List<String> journal(String... arguments) {
        List<String> all = new ArrayList<>(List.of("journal"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--record-dir", flight.toString()));
        CommandLineRun run = CommandLineRun.of(all.toArray(String[]::new));
        assertEquals(0, run.exitCode(), () -> all + ": " + run.err());
        return run.out().lines().toList();
    }

    private static int place(List<JsonNode> events, String kind, String process) {
        for (int i = 0; i < events.size(); i++) {
            if (events.get(i).get("kind").asText().equals(kind)
                    && events.get(i).get("journal").asText().equals(process)) {
                return i;
            }
        }
        throw new AssertionError("no " + kind + " of " + process + " in " + events);
    }

    private static void assertOrder(List<JsonNode> events, String... kindsAndProcesses) {
        int last = -1;
        for (int i = 0; i < kindsAndProcesses.length; i += 2) {
            int at = place(events, kindsAndProcesses[i], kindsAndProcesses[i + 1]);
            assertTrue(at > last, kindsAndProcesses[i] + " comes too early in " + events);
            last = at;
        }
    }

    @Test
    void shouldTellTheStoryOfAnAcknowledgedMessageAfterEveryProcessWasKilled() {
        converseAndKill();
        for (int i = 0; i < RecordedRank.LENGTHS.length; i++) {
            List<JsonNode> events = story("0.0-1:" + i);
            assertOrder(
                    events,
                    "app.send",
                    "app-0",
                    "post",
                    "rank-0",
                    "pio",
                    "rank-0",
                    "wire",
                    "daemon",
                    "entry",
                    "daemon",
                    "read",
                    "rank-1",
                    "match",
                    "rank-1",
                    "received",
                    "rank-1",
                    "app.delivered",
                    "app-1");
            assertOrder(events, "pio", "rank-0", "launch", "daemon", "wire", "daemon");
            assertOrder(events, "app.send", "app-0", "sent", "rank-0", "app.acked", "app-0");
            JsonNode post = events.get(place(events, "post", "rank-0"));
            assertEquals(i, post.get("values").get("number").asInt());
            assertEquals(RecordedRank.LENGTHS[i], post.get("values").get("length").asInt());
            long before = 0;
            for (JsonNode event : events) {
                long since = event.get("sinceStartNs").asLong();
                assertTrue(since >= before, events::toString);
                before = since;
            }
        }
        assertTrue(
                story("0.0-1:3").stream()
                        .anyMatch(e ->
                                e.get("kind").asText().equals("dma.expected")
                                        || e.get("kind").asText().equals("dma.eager")
                                                && e.get("packet")
                                                        .get("op")
                                                        .asText()
                                                        .equals("data-req")),
                "the data that the receiver asked for");
    }

    @Test
    void shouldRecordCommandsMappingsPinsTidsAndTheDeathOfProcesses() {
        UUID job = UUID.randomUUID();
        try (ChildDaemon daemon =
                        ChildDaemon.start(
                                "--units",
                                "2",
                                "--record=strict",
                                "--record-dir",
                                flight.toString());
                Jvm taker = rank(daemon, 1, job)) {
            String id = taker.awaitLine("^id (\\d+)$").group(1);
            try (Jvm sender = rank(daemon, 0, job, id)) {
                sender.awaitLine("^all done$");
                sender.kill();
                taker.awaitLine("^all done$");
                taker.kill();
            }
        }
        String dump = String.join("\n", journal("dump", "--process", "daemon"));
        for (String kind :
                List.of(
                        "open",
                        "command",
                        "map",
                        "control",
                        "launch",
                        "wire",
                        "entry",
                        "dma.eager",
                        "close",
                        "journal.end")) {
            assertTrue(dump.contains("  " + kind + " "), kind + " is missing in\n" + dump);
        }
        assertTrue(dump.contains("command=USER_INIT"), dump);
        List<String> calls =
                journal("grep", "request=mmap", "--kind", "call", "--process", "rank-0");
        assertTrue(calls.size() >= 6, calls::toString);
        assertTrue(
                journal("stats").stream().anyMatch(l -> l.contains("ended in order")),
                "the daemon was stopped");
        assertEquals(5, journal("tail", "-n", "5").size());
    }

    @Test
    void shouldRecordAJobAndKeepItsJournals() {
        try (Jvm run =
                Shipped.jvm(temp)
                        .lifetime(Duration.ofMinutes(2))
                        .arguments("run", "-n", "2", "--record", "ring")
                        .start()) {
            assertEquals(0, run.exitCode(Duration.ofMinutes(2)), run.lines()::toString);
        }
        flight = temp.resolve("softpath").resolve("flight");
        List<String> stats = journal("stats");
        for (String process : List.of("daemon[", "rank-0[", "rank-1[")) {
            assertTrue(
                    stats.stream()
                            .anyMatch(l -> l.startsWith(process) && l.contains("ended in order")),
                    stats::toString);
        }
        assertEquals(
                List.of("flight"), Shipped.leftovers(temp.resolve("softpath")), "nothing else");
        CommandLineRun clean =
                CommandLineRun.of("clean", "--dir", temp.resolve("softpath").toString());
        assertEquals(0, clean.exitCode());
        assertTrue(clean.out().contains("removed " + flight + "\n"), clean.out());
    }
}

package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.job.JobServer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Ranks that chat: with one input for all, and each with its own. */
@ExtendWith(ChildOutput.class)
class ChatIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** More than fits into one packet, and more than goes without asking the receiver. */
    private static final List<String> LINES =
            List.of(
                    "hello",
                    "",
                    "Grüße, 世界, 🜂",
                    "long ".repeat(1000).strip(),
                    "ß".repeat(100_000),
                    "bye");

    @TempDir private Path temp;

    private Jvm run(String options) {
        List<String> words = new ArrayList<>(List.of("run"));
        words.addAll(List.of(options.split(" ", -1)));
        words.addAll(List.of("--label", "chat"));
        return Shipped.jvm(temp).lifetime(PATIENCE).arguments(words.toArray(String[]::new)).start();
    }

    private static List<String> ofRank(Jvm run, int rank) {
        String label = "[" + rank + "] ";
        return run.lines().stream()
                .filter(line -> line.startsWith(label))
                .map(line -> line.substring(label.length()))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "1, --model IBA7220",
        "2, --model IBA6120",
        "4, --model IBA7322 --units 2",
        "3, --units 3 --link drop=5%;dup=1%;reorder=2%;corrupt=0.1%;seed=5"
    })
    void shouldSayEachLineToAllOthersAndEndWithItsInput(int ranks, String options) {
        try (Jvm run = run("-n " + ranks + " " + options.replace(';', ','))) {
            LINES.forEach(run::println);
            run.closeInput();
            assertEquals(0, run.exitCode(PATIENCE));
            List<String> expected =
                    new ArrayList<>(LINES.stream().map(line -> "rank 0> " + line).toList());
            expected.add("* rank 0 has left");
            assertEquals(List.of(), ofRank(run, 0));
            for (int rank = 1; rank < ranks; rank++) {
                assertEquals(expected, ofRank(run, rank), "rank " + rank);
            }
        }
        assertEquals(List.of(), Shipped.leftovers(temp));
    }

    /** Four people at four terminals: one leaves, one is killed, two go on. */
    @ParameterizedTest
    @ValueSource(strings = {"self,shm,ipath", "self,ipath"})
    void shouldGoOnWithThoseWhoAreStillThere(String devices) {
        try (ChildDaemon daemon = ChildDaemon.start("--units", "2");
                JobServer server = JobServer.open(temp.resolve("job"), 4)) {
            List<Jvm> ranks =
                    IntStream.range(0, 4)
                            .mapToObj(rank -> terminal(daemon, server, rank, devices))
                            .toList();
            try {
                for (int from = 0; from < 4; from++) {
                    ranks.get(from).println("here is number " + from);
                    for (int to = 0; to < 4; to++) {
                        if (to != from) {
                            ranks.get(to).awaitLine("^rank " + from + "> here is number " + from);
                        }
                    }
                }
                ranks.get(3).kill();
                for (Jvm rank : ranks.subList(0, 3)) {
                    rank.awaitLine("^\\* rank 3 is lost: the peer is gone$");
                }
                ranks.get(1).println("we go on");
                ranks.get(0).awaitLine("^rank 1> we go on$");
                ranks.get(2).awaitLine("^rank 1> we go on$");
                ranks.get(2).println("without me");
                ranks.get(2).closeInput();
                ranks.get(0).awaitLine("^rank 2> without me$");
                ranks.get(0).awaitLine("^\\* rank 2 has left$");
                ranks.get(1).awaitLine("^\\* rank 2 has left$");
                assertEquals(0, ranks.get(2).exitCode());
                ranks.get(0).println("only we two");
                ranks.get(1).awaitLine("^rank 0> only we two$");
                ranks.get(1).closeInput();
                assertEquals(0, ranks.get(1).exitCode());
                ranks.get(0).awaitLine("^\\* rank 1 has left$");
                ranks.get(0).println("nobody hears me");
                ranks.get(0).closeInput();
                assertEquals(0, ranks.get(0).exitCode());
                assertEquals(
                        List.of(),
                        ranks.get(2).lines().stream().filter(l -> l.contains("has left")).toList());
                for (Jvm rank : ranks.subList(0, 3)) {
                    assertEquals(
                            1,
                            rank.lines().stream().filter(line -> line.contains(" lost")).count(),
                            () -> rank.lines().toString());
                }
                assertEquals(List.of(), daemon.complaints());
            } finally {
                ranks.forEach(Jvm::close);
            }
        }
    }

    private static Jvm terminal(ChildDaemon daemon, JobServer server, int rank, String devices) {
        return Jvm.of("io.softpath.apps.chat.Chat")
                .environment("SOFTPATH_DIR", daemon.directory().toString())
                .environment("SOFTPATH_UNIT", Integer.toString(rank % 2))
                .environment("SOFTPATH_JOB", server.path().toString())
                .environment("SOFTPATH_RANK", Integer.toString(rank))
                .environment("SOFTPATH_SIZE", "4")
                .environment("PSM_DEVICES", devices)
                .lifetime(PATIENCE)
                .start();
    }

    @Test
    void shouldGoOnUnderALauncherThatIsAskedTo() {
        try (Jvm run = run("-n 3 --keep-going")) {
            run.println("hello");
            run.awaitLine("^\\[[12]] rank 0> hello$");
            run.awaitLine("^\\[[12]] rank 0> hello$");
            assertTrue(Ranked.of(run, 1).destroyForcibly());
            run.awaitLine("^\\[[02]] \\* rank 1 is lost: ");
            run.awaitLine("^\\[[02]] \\* rank 1 is lost: ");
            run.println("you and me");
            run.awaitLine("^\\[2] rank 0> you and me$");
            run.closeInput();
            run.awaitLine("^\\[2] \\* rank 0 has left$");
            assertEquals(Jvm.EXIT_BY_SIGNAL + Jvm.SIGKILL, run.exitCode());
            assertTrue(
                    run.lines().getLast().matches("softpath run: rank 1 .*SIGKILL.*"),
                    () -> run.lines().toString());
        }
    }
}

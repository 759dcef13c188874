package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

@Timeout(60)
class RankGroupTest {
    private static final int SIGTERM = 15;

    private final RankGroup ranks = new RankGroup(RankGroup.Show.PLAIN);

    @Test
    void shouldBeFineWhenAllRanksAre() throws InterruptedException {
        start("exit 0");
        start("exit 0");
        assertEquals(RankGroup.Outcome.OK, ranks.await());
        assertTrue(ranks.allGone());
    }

    @Test
    void shouldEndTheOthersAndReturnTheExitCodeWhenARankFails() throws InterruptedException {
        start("exec sleep 1000");
        start("exit 7");
        RankGroup.Outcome outcome = ranks.await();
        assertEquals(7, outcome.exitCode());
        assertTrue(outcome.reason().startsWith("rank 1 (pid "), outcome.reason());
        assertTrue(ranks.allGone());
    }

    @Test
    void shouldLetTheOthersGoOnIfToldToAndReturnTheFirstFailure() throws InterruptedException {
        ranks.keepGoing();
        start("exit 7");
        start("sleep 0.5; exit 8");
        start("sleep 1");
        RankGroup.Outcome outcome = ranks.await();
        assertEquals(7, outcome.exitCode());
        assertTrue(outcome.reason().endsWith("exit code 7"), outcome.reason());
        assertTrue(ranks.allGone());
    }

    @Test
    void shouldKillRanksThatWillNotEnd() throws InterruptedException {
        start("trap '' TERM; while :; do sleep 0.1; done");
        start("sleep 0.5; exit 7");
        assertEquals(7, ranks.await().exitCode());
        assertTrue(ranks.allGone());
    }

    @Test
    void shouldPassASignalOn() throws InterruptedException {
        start("exec sleep 1000");
        ranks.signal(SIGTERM);
        assertEquals(
                new RankGroup.Outcome(ExitCode.SIGNAL + SIGTERM, "ended by SIGTERM"),
                ranks.await());
    }

    @Test
    void shouldNameTheSignalThatKilledARank() throws InterruptedException {
        start("kill -9 $$");
        RankGroup.Outcome outcome = ranks.await();
        assertEquals(ExitCode.SIGNAL + 9, outcome.exitCode());
        assertTrue(outcome.reason().endsWith("(SIGKILL)"), outcome.reason());
    }

    @Test
    void shouldEndAllRanksWhenTheJobIsAbandoned() throws InterruptedException {
        start("exec sleep 1000");
        ranks.abandon("the daemon is gone");
        assertEquals(new RankGroup.Outcome(ExitCode.FAILED, "the daemon is gone"), ranks.await());
        assertTrue(ranks.allGone());
    }

    @Test
    void shouldKeepLinesWholeHoweverLongTheyAre() throws InterruptedException {
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        PrintStream to = new PrintStream(shown, true, UTF_8);
        RankGroup labelled = new RankGroup(RankGroup.Show.LABELLED, to, to);
        for (String letter : List.of("a", "b", "c")) {
            String script =
                    "line=$(head -c 100000 /dev/zero | tr '\\0' "
                            + letter
                            + "); for i in $(seq 50); do echo $line; done";
            labelled.start(new RankGroup.Spec(List.of("/bin/sh", "-c", script), Map.of(), false));
        }
        assertEquals(ExitCode.OK, labelled.await().exitCode());
        Map<String, Long> lines =
                shown.toString(UTF_8)
                        .lines()
                        .map(RankGroupTest::withoutRepetition)
                        .collect(groupingBy(line -> line, counting()));
        assertEquals(Map.of("[0] a 100000", 50L, "[1] b 100000", 50L, "[2] c 100000", 50L), lines);
    }

    /** The label, the letters of the line, and how many there are. */
    private static String withoutRepetition(String line) {
        String text = line.substring(4);
        return line.substring(0, 4)
                + text.chars().distinct().mapToObj(Character::toString).collect(joining())
                + " "
                + text.length();
    }

    @Test
    void shouldGiveRanksTheirEnvironment() throws InterruptedException {
        ranks.start(
                new RankGroup.Spec(
                        List.of("/bin/sh", "-c", "test \"$SOFTPATH_RANK\" = 3"),
                        Map.of("SOFTPATH_RANK", "3"),
                        false));
        assertEquals(ExitCode.OK, ranks.await().exitCode());
    }

    private void start(String script) {
        ranks.start(new RankGroup.Spec(List.of("/bin/sh", "-c", script), Map.of(), false));
    }
}

package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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

package io.softpath.faults.campaign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.faults.plan.Plan;
import io.softpath.faults.report.CampaignResult;
import io.softpath.faults.report.RoundResult;

import org.junit.jupiter.api.Test;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Short campaigns: one that has the same faults every time, and one that has not. Histories and
 * logs of what goes wrong are kept in {@code target/campaign}.
 */
class CampaignIT {
    private static final PrintWriter OUT =
            new PrintWriter(System.out, true, StandardCharsets.UTF_8);

    private static Settings settings(long seed, int rounds) {
        return new Settings(
                seed,
                1,
                rounds,
                0,
                5,
                2,
                3000,
                Plan.NONE,
                new Rates(5, 1, 0.5, 0.5, 0.3),
                30,
                50,
                "drop=0.5%,dup=0.2%,reorder=0.5%,corrupt=0.1%",
                60,
                List.of(Settings.NO_PLANT),
                Settings.NO_PLANT,
                Path.of("target", "campaign"));
    }

    private static CampaignResult run(Settings settings) {
        return new Campaign(
                        settings,
                        "./launch/softpath faults run --seed " + settings.seed(),
                        round -> CampaignCommand.tell(round, OUT))
                .run();
    }

    @Test
    void shouldKeepEveryPromiseWithAFixedSeed() {
        CampaignResult result = run(settings(20060315, 4));
        assertEquals(List.of(), result.found());
        assertTrue(sum(result, "acknowledged") > 0, "nothing was acknowledged");
        assertEquals(4, result.rounds().size());
        assertTrue(
                result.rounds().stream().mapToInt(CampaignIT::killed).sum() >= 18,
                "nearly as many kills as the schedules have");
    }

    @Test
    void shouldKeepEveryPromiseWithAFreshSeed() {
        long seed = RandomGenerator.getDefault().nextLong() >>> 16;
        System.out.println("seed=" + seed);
        assertEquals(List.of(), run(settings(seed, 2)).found(), "seed=" + seed);
    }

    /** A checker that cannot fail is worth nothing. */
    @Test
    void shouldFindEveryPlantedBug() {
        assertTrue(new SelfTest(settings(1, 1), OUT).run(), "see the output");
    }

    private static long sum(CampaignResult result, String what) {
        return result.rounds().stream().mapToLong(r -> r.messages().get(what)).sum();
    }

    private static int killed(RoundResult round) {
        return round.faults().getOrDefault(FaultKind.KILL.plural(), 0)
                + round.faults().getOrDefault(FaultKind.KILL_AT_POINT.plural(), 0);
    }
}

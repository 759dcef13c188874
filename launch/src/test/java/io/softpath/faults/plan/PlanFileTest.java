package io.softpath.faults.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.fault.FaultAction;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

class PlanFileTest {
    private static final String WHOLE =
            """
            seed: 7
            restart-daemon-after: 100ms
            faults:
              - process: rank 1          # with a half-written PIO buffer
                fault: kill
                at: pio.half-written
                passing: 17
              - {process: every rank, fault: stop, for: 200ms, at: direct.claimed, probability: 1%}
              - process: rank 0
                fault: stop
                for: 50ms
                at: flow.sent
                passing: 3..9
                every: 2
                after: 1s
              - process: daemon
                fault: ENOMEM
                at: pin.pages
                passing: 1..4
              - process: daemon
                fault: strike
                for: 50ms
                at: chip.parity
              - process: daemon
                fault: kill
                after: 100ms..2s
              - process: any rank
                fault: stop
                for: 20ms
                after: 300ms
                every: 1s
                times: 5
            link:
              drop: 5%
              duplicate: 1%
              delay: 50us
              down:
                - {after: 1s, for: 200ms}
            """;

    @Test
    void shouldGiveEachProcessItsOwnFaults() {
        Plan plan = PlanFile.parse("plan.yaml", WHOLE);
        assertEquals(
                Optional.of(
                        "direct.claimed=stop:200ms@1..?1.0%;flow.sent=stop:50ms@3..9/2+1s;seed=38"),
                plan.forRank(0, 2));
        assertEquals(
                Optional.of("pio.half-written=kill@17;direct.claimed=stop:200ms@1..?1.0%;seed=69"),
                plan.forRank(1, 2));
        assertEquals(
                Optional.of(
                        "pin.pages=ENOMEM@1..4;chip.parity=strike:50ms@1;link.down=strike:200ms@1+1s;"
                            + "seed=7"),
                plan.forDaemon());
        assertEquals(Optional.of("drop=5%,dup=1%,delay=50000ns,seed=7"), plan.link());
        assertEquals(100_000_000, plan.restartNs());
    }

    @Test
    void shouldKeepWhatOthersDoByTime() {
        List<Planned.ByTime> byTime = PlanFile.parse("plan.yaml", WHOLE).byTime();
        assertEquals(
                List.of(
                        new Planned.ByTime(
                                new Target(Target.Kind.DAEMON, -1),
                                new FaultAction.Kill(),
                                100_000_000,
                                2_000_000_000,
                                0,
                                1),
                        new Planned.ByTime(
                                new Target(Target.Kind.ANY_RANK, -1),
                                new FaultAction.Stop(20_000_000),
                                300_000_000,
                                300_000_000,
                                1_000_000_000,
                                5)),
                byTime);
    }

    @Test
    void shouldChooseOneOfTheRanksAlikeForOneSeed() {
        List<Integer> chosen = new ArrayList<>();
        for (int seed = 0; seed < 50; seed++) {
            String text = "faults: [{process: any rank, fault: kill, at: flow.sent}]";
            Plan plan = PlanFile.parse("plan", "seed: " + seed + "\n" + text);
            List<Integer> ranks =
                    IntStream.range(0, 4)
                            .filter(rank -> plan.forRank(rank, 4).isPresent())
                            .boxed()
                            .toList();
            assertEquals(1, ranks.size(), () -> "ranks that the fault is for: " + ranks);
            chosen.addAll(ranks);
        }
        assertTrue(chosen.containsAll(List.of(0, 1, 2, 3)), () -> "chosen: " + chosen);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "faults: []", "seed: 3", "{\"faults\": [], \"seed\": 4}"})
    void shouldTakeAPlanOfNothing(String text) {
        Plan plan = PlanFile.parse("plan", text);
        assertEquals(Optional.empty(), plan.forRank(0, 1));
        assertEquals(Optional.empty(), plan.forDaemon());
        assertEquals(List.of(), plan.byTime());
    }

    /** Each with the line and column of the word that is wrong. */
    @Test
    void shouldSayWhatIsWrongWhereAndWhatIsNear() {
        refuses("1:1: a plan is keys and values, not nothing; keys are seed, faults", "");
        refuses("1:1: a plan is keys and values, not a list", "- kill");
        refuses("1:1: \"sead\" is no key of a plan: did you mean \"seed\"?; keys are", "sead: 1");
        refuses("1:7: \"seed\" is a whole number from 0 on, not \"x\"", "seed: x");
        refuses("2:1: \"seed\" is here twice, at first at plan.yaml:1:1", "seed: 1\nseed: 2");
        refuses("1:9: \"faults\" is a list, not \"kill\"", "faults: kill");
        refuses("1:11: a fault is keys and values, not \"kill\"", "faults: [ kill ]");
        fault("2:5: \"process\" is missing: choose \"rank 2\"", "fault: kill");
        fault("2:14: \"rank two\" is no process", "process: rank two\n    fault: kill");
        fault("2:14: \"deamon\" is no process: did you mean \"daemon\"?", "process: deamon");
        fault("2:5: \"fault\" is missing: choose one of kill, stop", "process: daemon");
        fault(
                "3:12: \"kil\" is no fault: did you mean \"kill\"?",
                "process: daemon\n    fault: kil");
        fault(
                "2:5: \"after\" is missing: \"at\" a point, or \"after\" a time",
                "process: daemon\n    fault: kill");
        fault(
                "4:9: there is no point \"pio.half-writen\": did you mean \"pio.half-written\"?",
                "process: rank 0\n    fault: kill\n    at: pio.half-writen");
        fault(
                "4:9: pio.claimed is passed by ranks, not by the daemon",
                "process: daemon\n    fault: kill\n    at: pio.claimed");
        fault(
                "4:9: chip.rhf-written is passed by the daemon, not by a rank",
                "process: rank 0\n    fault: kill\n    at: chip.rhf-written");
        fault(
                "3:12: at pio.claimed it is kill or stop:TIME, not ENOMEM",
                "process: rank 0\n    fault: ENOMEM\n    at: pio.claimed");
        fault(
                "2:5: \"for\" is missing: how long it stops",
                "process: rank 0\n    fault: stop\n    at: pio.claimed");
        fault(
                "4:5: \"for\" goes with stop and strike",
                "process: rank 0\n    fault: kill\n    for: 3s\n    at: pio.claimed");
        fault(
                "5:14: \"passing\" is as 17, 3..9 or 3.., not \"first\"",
                "process: rank 0\n    fault: kill\n    at: pio.claimed\n    passing: first");
        fault(
                "5:14: \"passing\" is a whole number from 9 on, not \"3\"",
                "process: rank 0\n    fault: kill\n    at: pio.claimed\n    passing: 9..3");
        fault(
                "5:18: \"probability\" is 0% to 100%, as 5% or 0.1%, not \"0.5\"",
                "process: rank 0\n    fault: kill\n    at: pio.claimed\n    probability: 0.5");
        fault(
                "4:12: \"after\" is a time in ns, us, ms, s or m, as 200ms, not \"soon\"",
                "process: rank 0\n    fault: kill\n    after: soon");
        fault(
                "4:12: \"after\" ends before it begins",
                "process: rank 0\n    fault: kill\n    after: 2s..1s");
        fault(
                "2:5: \"every\" and \"times\" go together",
                "process: rank 0\n    fault: kill\n    after: 2s\n    every: 1s");
        fault(
                "5:5: \"passing\" goes with \"at\"",
                "process: rank 0\n    fault: kill\n    after: 2s\n    passing: 3");
        refuses("2:9: \"drop\" is 0% to 100%", "link:\n  drop: 101%");
        refuses("2:10: \"delay\" is at most 1s", "link:\n  delay: 2s");
        refuses("2:3: \"dup\" is no key of link", "link:\n  dup: 1%");
        refuses("3:7: \"for\" is missing: how long", "link:\n  down:\n    - after: 1s");
        refuses("1:10: this is no YAML: while parsing a flow node", "faults: [\n");
    }

    private static void fault(String why, String text) {
        refuses(why, "faults:\n  - " + text);
    }

    private static void refuses(String why, String text) {
        String message =
                assertThrows(PlanException.class, () -> PlanFile.parse("plan.yaml", text), text)
                        .getMessage();
        assertTrue(message.startsWith("plan.yaml:" + why), () -> text + "\n  said: " + message);
    }

    @Test
    void shouldRefuseARankThatThereIsNot() {
        Plan plan = PlanFile.parse("p", "faults: [{process: rank 2, fault: kill, at: flow.sent}]");
        plan.checkRanks(3);
        String message = assertThrows(PlanException.class, () -> plan.checkRanks(2)).getMessage();
        assertTrue(message.contains("rank 2, and the job ranks 0..1"), message);
    }
}

package io.softpath.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class PlannedFaultsTest {
    private static final int SIGKILL = 9;

    private long nowNs = -5;
    private final List<Integer> signals = new ArrayList<>();

    @Test
    void shouldKillAtThePassingsOfARule() {
        assertEquals(List.of(3, 5), killedAt("flow.sent=kill@3..6/2", 20));
    }

    @Test
    void shouldCountEachPointByItself() {
        PlannedFaults faults = faults("flow.sent=kill@2;flow.taken=kill@1");
        faults.passed(FaultPoint.FLOW_SENT);
        assertEquals(List.of(), signals);
        faults.passed(FaultPoint.FLOW_TAKEN);
        assertEquals(List.of(SIGKILL), signals);
        faults.passed(FaultPoint.FLOW_SENT);
        assertEquals(List.of(SIGKILL, SIGKILL), signals);
    }

    @Test
    void shouldStrikeEverySoOftenAndAlikeForOneSeed() {
        List<Integer> once = killedAt("flow.sent=kill@10%;seed=3", 10_000);
        assertEquals(1000, once.size(), 150);
        assertEquals(once, killedAt("flow.sent=kill@10%;seed=3", 10_000));
        assertNotEquals(once, killedAt("flow.sent=kill@10%;seed=4", 10_000));
    }

    @Test
    void shouldCountFromItsTimeOn() {
        PlannedFaults faults = faults("flow.sent=kill@2+1us");
        for (int i = 0; i < 5; i++) {
            faults.passed(FaultPoint.FLOW_SENT);
        }
        nowNs += 1000;
        faults.passed(FaultPoint.FLOW_SENT);
        assertEquals(List.of(), signals);
        faults.passed(FaultPoint.FLOW_SENT);
        assertEquals(List.of(SIGKILL), signals);
    }

    @Test
    void shouldLetWhatIsNotInThePlanPass() {
        PlannedFaults faults = faults("flow.sent=kill@1");
        for (FaultPoint each : FaultPoint.values()) {
            if (each != FaultPoint.FLOW_SENT) {
                faults.passed(each);
            }
        }
        assertEquals(List.of(), signals);
    }

    @Test
    void shouldTellTheHandlerOfWhatIsPassed() {
        List<FaultPoint> passed = new ArrayList<>();
        FaultHandler before =
                Faults.handler(point -> {
                    passed.add(point);
                    throw new IllegalStateException("it ends here");
                });
        try {
            assertThrows(IllegalStateException.class, () -> Faults.at(FaultPoint.FLOW_SENT));
            assertEquals(0, Faults.errno(FaultPoint.FLOW_SENT));
            assertEquals(Faults.NO, Faults.strikeNs(FaultPoint.FLOW_SENT));
        } finally {
            Faults.handler(before);
        }
        Faults.at(FaultPoint.FLOW_TAKEN);
        assertEquals(List.of(FaultPoint.FLOW_SENT), passed);
    }

    private List<Integer> killedAt(String text, int passings) {
        PlannedFaults faults = faults(text);
        List<Integer> killed = new ArrayList<>();
        for (int passing = 1; passing <= passings; passing++) {
            int before = signals.size();
            faults.passed(FaultPoint.FLOW_SENT);
            if (signals.size() != before) {
                killed.add(passing);
            }
        }
        return killed;
    }

    private PlannedFaults faults(String text) {
        return new PlannedFaults(FaultPlan.parse(text), () -> nowNs, signals::add);
    }
}

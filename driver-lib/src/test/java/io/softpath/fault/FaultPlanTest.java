package io.softpath.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

class FaultPlanTest {
    @Test
    void shouldReadSeveralRulesAndASeed() {
        FaultPlan plan =
                FaultPlan.parse("pio.half-written=kill@17; direct.claimed=stop:200ms@3..9,seed=7");
        assertEquals(
                new FaultPlan(
                        List.of(
                                FaultRule.at(
                                        FaultPoint.PIO_HALF_WRITTEN, new FaultAction.Kill(), 17),
                                new FaultRule(
                                        FaultPoint.DIRECT_CLAIMED,
                                        new FaultAction.Stop(200_000_000),
                                        3,
                                        9,
                                        1,
                                        1,
                                        0)),
                        7),
                plan);
    }

    @ParameterizedTest
    @CsvSource({
        "pio.claimed=kill, pio.claimed=kill@1",
        "pio.claimed=kill@3.., pio.claimed=kill@3..",
        "pio.claimed=kill@3/10, pio.claimed=kill@3../10",
        "pio.claimed=kill@3..40/10, pio.claimed=kill@3..40/10",
        "pio.claimed=kill@1%, pio.claimed=kill@1..?1.0%",
        "pio.claimed=kill@0.001%, pio.claimed=kill@1..?0.001%",
        "pio.claimed=kill@2..5?20%, pio.claimed=kill@2..5?20.0%",
        "pio.claimed=kill@5+1.5s, pio.claimed=kill@5+1500ms",
        "pio.claimed=kill@+2m, pio.claimed=kill@1+2m",
        "pio.claimed=stop:250us@1%+2s, pio.claimed=stop:250us@1..?1.0%+2s",
    })
    void shouldReadWhatItWrites(String text, String whole) {
        FaultPlan plan = FaultPlan.parse(text);
        assertEquals(whole + ";seed=1", plan.toString());
        assertEquals(plan, FaultPlan.parse(plan.toString()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pio.half-writen=kill|there is no point \"pio.half-writen\": did you mean"
                        + " \"pio.half-written\"?",
                "nonsense=kill|there is no point \"nonsense\"; softpath faults points lists them",
                "pio.claimed|\"pio.claimed\" is not POINT=ACTION",
                "pio.claimed=explode|\"explode\" cannot happen at pio.claimed: choose kill or"
                        + " stop:TIME",
                "pio.claimed=ENOMEM|\"ENOMEM\" cannot happen at pio.claimed: choose kill or"
                        + " stop:TIME",
                "pio.claimed=kill:3|\"kill:3\" cannot happen at pio.claimed",
                "pio.claimed=stop|\"stop\" needs a time, as stop:200ms",
                "pio.claimed=stop:3h|\"3h\" is not a time in ns, us, ms, s or m",
                "pio.claimed=kill@|\"@\" is not a passing",
                "pio.claimed=kill@0|pio.claimed: passings 0..0 are none",
                "pio.claimed=kill@5..3|pio.claimed: passings 5..3 are none",
                "pio.claimed=kill@3../0|pio.claimed: every=0 is below 1",
                "pio.claimed=kill@17%%|\"@17%%\" is not a passing",
                "pio.claimed=kill@0%|pio.claimed: chance=0.0% is outside",
                "pio.claimed=kill@101%|pio.claimed: chance=101.0% is outside",
                "pio.claimed=kill@1+soon|\"soon\" is not a time",
                "seed=x|\"x\" is not a whole number",
            })
    void shouldSayWhatIsWrongAndWhere(String text, String why) {
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> FaultPlan.parse("pio.triggered=kill@2;" + text))
                        .getMessage();
        assertTrue(message.startsWith("faults: " + why), message);
        assertTrue(message.endsWith(" (in \"" + text + "\")"), message);
    }

    @Test
    void shouldTellEachPointInASentenceOfItsOwn() {
        for (FaultPoint each : FaultPoint.values()) {
            assertTrue(each.label().matches("[a-z]+\\.[a-z-]+"), each.label());
            assertTrue(each.when().endsWith("."), each.label());
            assertEquals(each, FaultPoint.named(each.label()));
            assertEquals(each.kind() == FaultPoint.Kind.CALL, !each.errnos().isEmpty());
            assertEquals(
                    1,
                    List.of(FaultPoint.values()).stream()
                            .filter(other -> other.when().equals(each.when()))
                            .count(),
                    each.when());
        }
    }

    @Test
    void shouldHaveAtLeastTwentyFiveSteps() {
        assertTrue(FaultPoint.of(FaultPoint.Kind.STEP).size() >= 25);
    }
}

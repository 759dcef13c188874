package io.softpath.faults.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.faults.check.Rule;
import io.softpath.faults.check.Violation;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;

class PlantedBugsTest {
    @ParameterizedTest
    @EnumSource(Bug.class)
    void shouldBeFoundAndMadeShort(Bug bug) {
        SelfTest.Result result = new SelfTest(1).look(bug);
        assertTrue(result.found(), bug.sentence());
        Failure failure = result.failure();
        assertTrue(failure.keep().size() < failure.items() / 2, failure.command());
        assertTrue(
                failure.violations().stream()
                        .anyMatch(v -> bug.finders().contains(Rule.valueOf(v.rule()))),
                failure.violations().toString());
        List<Violation> again =
                Failure.play(
                        Schedule.of(failure.seed()).keep(failure.keep()),
                        bug,
                        new Trace(null),
                        new Totals());
        assertEquals(failure.violations(), again, failure.command());
    }
}

package io.softpath.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.softpath.bench.report.Goal.Reached;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;

class GoalTest {
    private static final Result FLOOR = steady("floor", 100);
    private static final Result TRIP = steady("trip", 200);

    @Test
    void shouldBeMetByTheBoundItself() {
        assertEquals(
                Optional.of(new Reached("a", 2, true, false)),
                Goal.atMost("trip", "floor", 2).in(List.of(section("a", FLOOR, TRIP))));
        assertEquals(
                Optional.of(new Reached("a", 2, true, false)),
                Goal.atLeast("trip", "floor", 2).in(List.of(section("a", FLOOR, TRIP))));
    }

    @Test
    void shouldNotBeMetBeyondTheBound() {
        assertEquals(
                Optional.of(new Reached("a", 2, false, false)),
                Goal.atMost("trip", "floor", 1.99).in(List.of(section("a", FLOOR, TRIP))));
        assertEquals(
                Optional.of(new Reached("a", 2, false, false)),
                Goal.atLeast("trip", "floor", 2.01).in(List.of(section("a", FLOOR, TRIP))));
    }

    @Test
    void shouldNotBeMeasuredWhereAResultIsAbsent() {
        Goal goal = Goal.atMost("trip", "floor", 2);

        assertEquals(Optional.empty(), goal.in(List.of()));
        assertEquals(Optional.empty(), goal.in(List.of(section("a", FLOOR))));
        assertEquals(Optional.empty(), goal.in(List.of(section("a", TRIP))));
        assertEquals(Optional.empty(), goal.in(List.of(section("a", FLOOR), section("b", TRIP))));
        assertEquals(Optional.empty(), goal.in(List.of(section("a", steady("floor", 0), TRIP))));
    }

    @Test
    void shouldCompareWithinAPart() {
        List<Section> sections =
                List.of(
                        section("a", steady("floor", 50), TRIP),
                        section("b", FLOOR, TRIP),
                        section("c", steady("floor", 10)));

        assertEquals(
                Optional.of(new Reached("b", 2, true, false)),
                Goal.atMost("trip", "floor", 2).in(sections));
    }

    @Test
    void shouldTakeTheRatioThatItsPartTook() {
        Result compared = TRIP.comparedTo(steady("floor", 160));

        assertEquals(
                Optional.of(new Reached("a", 1.25, true, false)),
                Goal.atMost("trip", "floor", 1.3).in(List.of(section("a", FLOOR, compared))));
        assertEquals(
                Optional.of(new Reached("a", 2, false, false)),
                Goal.atMost("trip", "other", 1.3)
                        .in(List.of(section("a", steady("other", 100), compared))));
    }

    @Test
    void shouldSayThatRoundsDisagree() {
        Result noisy = Result.ofValues("trip", "ns", 1, List.of(100.0, 150.0, 200.0));

        assertEquals(
                "met, noisy",
                Goal.atMost("trip", "floor", 2)
                        .in(List.of(section("a", FLOOR, noisy)))
                        .orElseThrow()
                        .verdict());
        assertEquals(
                "not met, noisy",
                Goal.atLeast("floor", "trip", 2)
                        .in(List.of(section("a", FLOOR, noisy)))
                        .orElseThrow()
                        .verdict());
    }

    @Test
    void shouldRefuseToCompareWhatIsNotAlike() {
        Result bytes = Result.ofValues("trip", "bytes", 1, List.of(1.0));
        List<Section> sections = List.of(section("a", FLOOR, bytes));

        assertThrows(
                IllegalArgumentException.class, () -> Goal.atMost("trip", "floor", 2).in(sections));
    }

    private static Section section(String name, Result... results) {
        return MadeUp.section(name, Outcome.of(List.of(results)));
    }

    private static Result steady(String name, double value) {
        return Result.ofValues(name, "ns", 1, List.of(value, value));
    }
}

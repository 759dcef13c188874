package io.softpath.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ScheduleTest {
    @Test
    void shouldKeepItsRateOverALongTime() {
        Schedule schedule = Schedule.poisson(1_000_000);

        long last = last(schedule, 1_000_000);

        assertEquals(1, last / 1e9, 0.01, "a million messages in a second");
    }

    @Test
    void shouldNotBeEvenWhenItIsChance() {
        Schedule schedule = Schedule.poisson(1_000_000);
        int close = 0;
        long before = 0;
        for (int i = 0; i < 100_000; i++) {
            long due = schedule.next();
            assertTrue(due >= before, "messages are due one after the other");
            close += due - before < 100 ? 1 : 0;
            before = due;
        }

        assertEquals(1 - Math.exp(-0.1), close / 1e5, 0.005, "gaps below a tenth of the mean");
    }

    @Test
    void shouldBeTheSameInEachRun() {
        assertEquals(last(Schedule.poisson(5), 99), last(Schedule.poisson(5), 99));
    }

    @Test
    void shouldHaveAllOfABurstDueAtOnce() {
        Schedule schedule = Schedule.bursts(3, 100);

        long[] due = {schedule.next(), schedule.next(), schedule.next(), schedule.next()};

        assertEquals(due[0], due[2]);
        assertEquals(due[0] + 100, due[3]);
    }

    @Test
    void shouldGoInEvenSteps() {
        assertEquals(3_000_000, last(Schedule.even(1_000), 3));
    }

    private static long last(Schedule schedule, int messages) {
        long last = 0;
        for (int i = 0; i < messages; i++) {
            last = schedule.next();
        }
        return last;
    }
}

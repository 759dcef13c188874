package io.softpath.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LookScheduleTest {
    private static final int PACKET = 1;
    private static final int NOTHING = 0;
    private static final int ROUND = LookSchedule.CYCLES_PER_CLOCK;

    private long timeNs = Long.MAX_VALUE - 10_000; // wraps
    private int clockReads;
    private final LookSchedule looks = new LookSchedule(this::now);

    private long now() {
        clockReads++;
        return timeNs;
    }

    @Test
    void shouldLookAtOnceAtFirstAndWhenToldTo() {
        assertTrue(looks.isDue(PACKET));
        looked(0);
        assertFalse(looks.isDue(PACKET));
        looks.now();
        assertTrue(looks.isDue(NOTHING));
        looked(0);
        assertFalse(looks.isDue(NOTHING));
        assertEquals(0, clockReads);
    }

    @Test
    void shouldLookAfterAnIntervalHoweverFewCyclesItHad() {
        start();
        for (int look = 0; look < 5; look++) {
            timeNs += LookSchedule.BUSY_INTERVAL_NS - 1;
            assertEquals(0, dueIn(ROUND, PACKET));
            timeNs += 1;
            assertEquals(1, dueIn(ROUND, PACKET), "look=" + look);
        }
    }

    @Test
    void shouldAskTheClockOnlyNowAndThenWhileThereArePackets() {
        start();
        assertEquals(0, dueIn(10 * ROUND, PACKET));
        assertEquals(10, clockReads);
    }

    @Test
    void shouldLookSoonerWhileThereIsNothingToDo() {
        start();
        timeNs += LookSchedule.IDLE_INTERVAL_NS;
        assertEquals(0, dueIn(ROUND - 1, NOTHING), "a pause is no idleness");
        assertEquals(1, dueIn(1, NOTHING));
        timeNs += LookSchedule.IDLE_INTERVAL_NS - 1;
        assertEquals(0, dueIn(1, NOTHING));
        timeNs += 1;
        assertEquals(1, dueIn(1, NOTHING), "it is idle still");
        timeNs += LookSchedule.IDLE_INTERVAL_NS;
        assertEquals(0, dueIn(ROUND, PACKET), "a packet ends it");
    }

    @Test
    void shouldLeaveThePacketsAsMuchTimeAsALookTook() {
        start();
        looked(4 * LookSchedule.BUSY_INTERVAL_NS);
        timeNs += 4 * LookSchedule.BUSY_INTERVAL_NS - 1;
        assertEquals(0, dueIn(ROUND, PACKET));
        assertEquals(0, dueIn(2 * ROUND, NOTHING));
        timeNs += 1;
        assertEquals(1, dueIn(1, NOTHING));
    }

    private void start() {
        assertTrue(looks.isDue(PACKET));
        looked(0);
    }

    private void looked(long tookNs) {
        looks.looked(timeNs, timeNs + tookNs);
        timeNs += tookNs;
    }

    /** How many looks were due in so many cycles; each takes no time. */
    private int dueIn(int cycles, int work) {
        int due = 0;
        for (int i = 0; i < cycles; i++) {
            if (looks.isDue(work)) {
                due++;
                looked(0);
            }
        }
        return due;
    }
}

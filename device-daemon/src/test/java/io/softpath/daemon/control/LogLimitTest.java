package io.softpath.daemon.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.slf4j.helpers.NOPLogger;

class LogLimitTest {
    private long nowNs = Long.MAX_VALUE - 5; // the clock may wrap
    private final LogLimit limit = new LogLimit(NOPLogger.NOP_LOGGER, () -> nowNs);

    private int permitted(int asked) {
        int permitted = 0;
        for (int i = 0; i < asked; i++) {
            permitted += limit.permits() ? 1 : 0;
        }
        return permitted;
    }

    @Test
    void shouldPermitABurstAndThenOneLineASecond() {
        assertEquals(LogLimit.BURST, permitted(1000));
        nowNs += LogLimit.NS_PER_LINE - 1;
        assertEquals(0, permitted(10));
        nowNs += 1;
        assertEquals(1, permitted(10));
        nowNs += 1_000_000 * LogLimit.NS_PER_LINE;
        assertEquals(LogLimit.BURST, permitted(1000));
    }
}

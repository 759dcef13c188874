package io.softpath.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.softpath.launch.ExitCode;
import io.softpath.launch.Trouble;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;

class DurationsTest {
    private static final Duration DAY = Duration.ofHours(24);

    @ParameterizedTest
    @CsvSource({
        "1ms, PT0.001S",
        "30s, PT30S",
        "30, PT30S",
        "10m, PT10M",
        "2h, PT2H",
        "24H, PT24H",
        "0000000000000000030s, PT30S",
        "86400000ms, PT24H"
    })
    void shouldReadATimeWithItsUnit(String text, Duration expected) {
        assertEquals(expected, Durations.parse("--duration", text, DAY));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0s",
                "0",
                "25h",
                "86400001ms",
                "999999999999h",
                "9223372036854775808s",
                "99999999999999999999999999999999999999"
            })
    void shouldNameTheBoundsOfWhatIsOutsideThem(String text) {
        assertEquals("--duration " + text + ": a time is 1ms..24h", refusal(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "-1s", "1.5s", "10 s", "10d", "1e3s", "ten"})
    void shouldSayHowATimeIsWritten(String text) {
        assertEquals(
                "--duration "
                        + text
                        + ": a time is a number with ms, s, m or h behind it, such as 30s",
                refusal(text));
    }

    private static String refusal(String text) {
        Trouble trouble =
                assertThrows(Trouble.class, () -> Durations.parse("--duration", text, DAY));
        assertEquals(ExitCode.USAGE, trouble.exitCode());
        return trouble.getMessage();
    }

    @Test
    void shouldHoldAYearInNanoseconds() {
        assertEquals(Durations.YEAR, Durations.parse("--duration", "8760h", Durations.YEAR));
        assertEquals(
                Durations.YEAR.toHours(), Duration.ofNanos(Durations.YEAR.toNanos()).toHours());
    }
}

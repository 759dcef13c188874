package io.softpath.apps.bigcopy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;

class ProgressBarTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, UTF_8);

    private String text() {
        return printed.toString(UTF_8);
    }

    @Test
    void shouldDrawABarOnATerminal() {
        ProgressBar bar = new ProgressBar(out, true, 4_000_000_000L, 0);
        assertEquals(
                "[#######.......................]  25% of 4.0 GB: 1.0 GB, 500.0 MB/s, 6 s left",
                bar.line(1_000_000_000, 2 * SECOND));
    }

    @Test
    void shouldDrawAnewAndTakeTheBarAway() {
        ProgressBar bar = new ProgressBar(out, true, 100, 0);
        bar.update(10, SECOND / 10);
        assertEquals("", text());
        bar.update(10, SECOND);
        bar.update(11, SECOND + 1);
        bar.close();
        bar.close();
        String[] drawn = text().split("\r", -1);
        assertEquals(4, drawn.length, text());
        assertEquals(bar.line(10, SECOND), drawn[1].strip());
        assertEquals("", drawn[2].strip());
        assertEquals("", drawn[3]);
    }

    @Test
    void shouldPrintALineNowAndThenElsewhere() {
        ProgressBar bar = new ProgressBar(out, false, 1000, 0);
        for (long ns = 0; ns <= 5 * SECOND; ns += SECOND / 10) {
            bar.update(500, ns);
        }
        bar.close();
        assertEquals(
                """
                bigcopy:  50% of 1.0 kB: 500 B, 250 B/s, 2 s left
                bigcopy:  50% of 1.0 kB: 500 B, 125 B/s, 4 s left
                """,
                text());
    }

    @Test
    void shouldSayWhatItKnowsOfAPipe() {
        ProgressBar bar = new ProgressBar(out, false, Source.UNKNOWN, 0);
        assertEquals("1.5 MB, 1.5 MB/s", bar.line(1_500_000, SECOND));
        assertEquals("0 B, 0 B/s", bar.line(0, 0));
    }

    @Test
    void shouldPrintNothingIfNothingIsWanted() {
        ProgressBar bar = new ProgressBar(null, true, 100, 0);
        bar.update(50, 100 * SECOND);
        bar.close();
        assertEquals("", text());
    }

    @Test
    void shouldPrintBytesAsPeopleReadThem() {
        assertEquals("999 B", ProgressBar.human(999));
        assertEquals("1.0 kB", ProgressBar.human(1000));
        assertEquals("1.0 MB", ProgressBar.human(999_990));
        assertEquals("9.2 EB", ProgressBar.human(Long.MAX_VALUE));
    }
}

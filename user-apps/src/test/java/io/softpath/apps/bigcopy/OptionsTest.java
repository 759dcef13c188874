package io.softpath.apps.bigcopy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.concurrent.TimeUnit;

class OptionsTest {
    @Test
    void shouldTakeTwoFiles() {
        Options options = Options.parse("from", "to");
        assertEquals("from", options.from());
        assertEquals("to", options.to());
        assertFalse(options.isMadeUp() || options.isStdin() || options.force() || options.sync());
        assertEquals(TimeUnit.SECONDS.toNanos(30), options.timeoutNs());
    }

    @Test
    void shouldTakeEveryOption() {
        Options options =
                Options.parse(
                        "-f",
                        "--sha256",
                        "--sync",
                        "-q",
                        "--memory=64K",
                        "--timeout",
                        "5",
                        "-",
                        "--",
                        "-to");
        assertTrue(options.isStdin());
        assertEquals("-to", options.to());
        assertTrue(options.force() && options.sha256() && options.sync() && options.quiet());
        assertEquals(64 << 10, options.memoryBytes());
        assertEquals(TimeUnit.SECONDS.toNanos(5), options.timeoutNs());
    }

    @Test
    void shouldMakeDataUpForAFileOrForNothing() {
        Options options = Options.parse("--size", "1G");
        assertTrue(options.isMadeUp());
        assertEquals(1 << 30, options.sizeBytes());
        assertNull(options.to());
        assertEquals("to", Options.parse("--size=0", "to").to());
    }

    @Test
    void shouldHelpWhateverElseIsAskedFor() {
        assertNull(Options.parse("--help"));
        assertNull(Options.parse("-f", "-h", "--nonsense"));
    }

    @ParameterizedTest
    @CsvSource({"0,0", "1000,1000", "4k,4096", "64K,65536", "5MiB,5242880", "2GB,2147483648"})
    void shouldKnowSizes(String text, long bytes) {
        assertEquals(bytes, Options.bytes("--size", text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "from",
                "a b c",
                "--size 5X",
                "--size -1",
                "--size 9999999T",
                "--size",
                "--size 1 a b",
                "--memory 0 a b",
                "--memory 1G a b",
                "--timeout 0 a b",
                "--timeout x a b",
                "--force=yes a b",
                "--nonsense a b",
                "from -"
            })
    void shouldRefuseWhatMakesNoSense(String line) {
        String[] words = line.isEmpty() ? new String[0] : line.split(" ", -1);
        assertThrows(Refusal.class, () -> Options.parse(words));
    }

    @Test
    void shouldSayThatASizeIsTooLargeAndNotThatItIsNone() {
        Refusal refusal =
                assertThrows(Refusal.class, () -> Options.parse("--size", "9999999T", "to"));
        assertEquals("--size 9999999T: at most 8 EiB - 1 can be counted", refusal.getMessage());
        assertEquals((1L << 63) - (1L << 40), Options.bytes("--size", "8388607T"));
    }
}

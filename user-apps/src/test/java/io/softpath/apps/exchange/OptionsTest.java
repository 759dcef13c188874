package io.softpath.apps.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.SplittableRandom;
import java.util.stream.IntStream;

class OptionsTest {
    @Test
    void shouldHaveDefaults() {
        Options options = Options.parse();
        assertEquals(1000, options.messages());
        assertEquals(Plant.NONE, options.plant());
        assertFalse(options.isManaged());
    }

    @Test
    void shouldTakeWhatTheCampaignSays() {
        Options options =
                Options.parse(
                        "--history",
                        "/h",
                        "--process",
                        "9",
                        "--plant",
                        "torn-header",
                        "--job",
                        "00000000-0000-0001-0000-000000000002");
        assertTrue(options.isManaged());
        assertEquals(9, options.process());
        assertEquals(Plant.TORN_HEADER, options.plant());
        assertEquals(2, options.job().getLeastSignificantBits());
    }

    @ParameterizedTest
    @CsvSource({
        "--messages x, --messages x is not a number of 0..2147483647",
        "--process 32768, --process 32768 is not a number of 1..32767",
        "--nonsense 1, no such option: --nonsense",
        "--seed, --seed needs a value",
        "--plant bug, no such bug to plant: bug"
    })
    void shouldSayWhatIsWrong(String line, String message) {
        Exception e =
                assertThrows(
                        IllegalArgumentException.class, () -> Options.parse(line.split(" ", -1)));
        assertEquals(message, e.getMessage());
    }

    @Test
    void shouldSendMessagesOfEveryClass() {
        SplittableRandom random = new SplittableRandom(1);
        int[] lengths = IntStream.range(0, 1000).map(i -> Sizes.next(random)).toArray();
        assertTrue(IntStream.of(lengths).anyMatch(n -> n == 0), "empty");
        assertTrue(IntStream.of(lengths).anyMatch(n -> n > 0 && n <= 8), "tiny");
        assertTrue(IntStream.of(lengths).anyMatch(n -> n > 64_000), "rendezvous");
        assertTrue(IntStream.of(lengths).allMatch(n -> n <= Sizes.MAX_BYTES));
    }
}

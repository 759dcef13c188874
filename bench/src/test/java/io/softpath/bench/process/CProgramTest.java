package io.softpath.bench.process;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.List;

class CProgramTest {
    @Test
    void shouldSayWhatItTakesWhenNothingCompiles() {
        Unavailable missing =
                assertThrows(
                        Unavailable.class,
                        () ->
                                CProgram.compile(
                                        CProgramTest.class,
                                        "nothing",
                                        "no-such-compiler",
                                        List.of(),
                                        "some-package"));
        assertTrue(missing.getMessage().contains("no-such-compiler"), missing::getMessage);
        assertTrue(missing.getMessage().contains("apt-get install some-package"));
    }
}

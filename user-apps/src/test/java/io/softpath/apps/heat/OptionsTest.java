package io.softpath.apps.heat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;

class OptionsTest {
    private static Options parse(int ranks, String... args) {
        return Options.parse(args, ranks);
    }

    @Test
    void shouldTakeEveryOption() {
        Options options = parse(4, "--steps", "0", "--size", "27", "--out", "heat.png");
        assertEquals(0, options.steps());
        assertEquals(27, options.size());
        assertEquals(Path.of("heat.png").toAbsolutePath(), options.out());
        assertNull(parse(4).out());
    }

    @ParameterizedTest
    @CsvSource({
        "4, --size 26, --size 26: choose 27..4096",
        "30, --size 29, --size 29: choose 30..4096",
        "1, --steps -1, --steps -1: choose 0..100000000",
        "1, --steps many, --steps many: choose 0..100000000",
        "1, --steps, --steps needs a value",
        "1, --colour red, --colour is unknown",
        "1, --out /, --out /: give a file",
        "1, --out /nowhere/heat.png, --out /nowhere/heat.png: give a file"
    })
    void shouldRefuseWhatCannotBe(int ranks, String line, String said) {
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class, () -> parse(ranks, line.split(" ", -1)));
        assertTrue(e.getMessage().startsWith(said), e.getMessage());
    }
}

package io.softpath.abi.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.BitSet;

final class SubcontextShareTest {
    @ParameterizedTest
    @CsvSource({
        "512, 0, 0, 0, 512",
        "512, 1, 0, 0, 512",
        "512, 3, 0, 340, 172",
        "512, 3, 1, 0, 170",
        "512, 3, 2, 170, 170",
        "7, 4, 0, 3, 4",
        "7, 4, 3, 2, 1"
    })
    void shouldGiveTheSlavesTheirsFirstAndTheMasterTheRest(
            int total, int sharers, int subcontext, int first, int count) {
        assertEquals(
                new SubcontextShare(first, count), SubcontextShare.of(total, sharers, subcontext));
    }

    @Test
    void shouldGiveEverythingToExactlyOne() {
        for (int sharers = 1; sharers <= SubcontextShare.MAX_SUBCONTEXTS; sharers++) {
            for (int total = sharers; total < 100; total++) {
                BitSet given = new BitSet();
                for (int subcontext = 0; subcontext < sharers; subcontext++) {
                    SubcontextShare share = SubcontextShare.of(total, sharers, subcontext);
                    for (int i = 0; i < share.count(); i++) {
                        assertTrue(!given.get(share.first() + i), "given twice");
                        given.set(share.first() + i);
                    }
                }
                assertEquals(total, given.cardinality());
                assertEquals(total, given.length());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "2, 2", "5, 0", "-1, 0", "2, -1"})
    void shouldRefuseWhatIsNoSubcontext(int sharers, int subcontext) {
        assertThrows(
                IllegalArgumentException.class, () -> SubcontextShare.of(8, sharers, subcontext));
    }
}

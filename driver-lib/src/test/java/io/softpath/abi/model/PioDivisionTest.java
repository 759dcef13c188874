package io.softpath.abi.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PioDivisionTest {
    @Test
    void shouldDivideEveryModelWithoutGapOrOverlap() {
        for (ChipModel model : ChipModel.ALL) {
            for (int contexts = model.firstUserContext() + 1;
                    contexts <= Math.min(17, model.family().maxContexts());
                    contexts++) {
                checkDivision(PioDivision.of(model.toBuilder().contexts(contexts).build()));
            }
        }
        checkDivision(new PioDivision(2, 16, 120, 160));
    }

    @Test
    void shouldGiveTheFirstUsersOfIba7322OneMore() {
        PioDivision division = PioDivision.of(ChipModel.IBA7322);
        assertEquals(0, division.first(2));
        assertEquals(8, division.count(9));
        assertEquals(64, division.first(10));
        assertEquals(7, division.count(17));
        assertEquals(120, division.kernelFirst());
    }

    @Test
    void shouldGiveUsersOfIba6120All2kBuffers() {
        PioDivision division = PioDivision.of(ChipModel.IBA6120);
        for (int context = 1; context <= 4; context++) {
            assertEquals(32 * (context - 1), division.first(context));
            assertEquals(32, division.count(context));
        }
        assertEquals(128, division.kernelFirst());
        assertEquals(4, division.kernelCount());
    }

    @Test
    void shouldGiveUsersOfIba7220EightBuffersEach() {
        PioDivision division = PioDivision.of(ChipModel.IBA7220);
        assertEquals(8, division.count(1));
        assertEquals(8, division.count(16));
        assertEquals(120, division.first(16));
        assertEquals(16, division.kernelCount());
    }

    @Test
    void shouldGiveTheFirstContextsTheRemainder() {
        // IBA7322 with send DMA: 18 contexts, 2 of them the kernel's; 128 2K buffers, of which the
        // kernel keeps 8
        PioDivision division = new PioDivision(2, 16, 120, 160);
        for (int user = 0; user < 16; user++) {
            assertEquals(user < 8 ? 8 * user : 7 * user + 8, division.first(2 + user));
            assertEquals(user < 8 ? 8 : 7, division.count(2 + user));
        }
        assertEquals(120, division.kernelFirst());
    }

    @Test
    void shouldRefuseAContextThatIsNoUsers() {
        PioDivision division = PioDivision.of(ChipModel.IBA6120);
        String message =
                assertThrows(IllegalArgumentException.class, () -> division.first(0)).getMessage();
        assertTrue(message.contains("context=0 firstUserContext=1 contexts=5"), message);
        assertThrows(IllegalArgumentException.class, () -> division.count(5));
    }

    private static void checkDivision(PioDivision division) {
        int next = 0;
        int previous = Integer.MAX_VALUE;
        for (int user = 0; user < division.userContexts(); user++) {
            int context = division.firstUserContext() + user;
            assertEquals(next, division.first(context), division::toString);
            assertTrue(division.count(context) <= previous, division::toString);
            for (int n = next; n < next + division.count(context); n++) {
                assertEquals(context, division.owner(n), division::toString);
            }
            previous = division.count(context);
            next += division.count(context);
        }
        assertEquals(division.kernelFirst(), next);
        assertEquals(division.totalBuffers(), next + division.kernelCount());
        assertEquals(-1, division.owner(next));
        assertEquals(-1, division.owner(-1));
    }
}

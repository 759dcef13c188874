package io.softpath.apps.bigcopy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;

class ChunkTest {
    private static final int SLOT_BYTES = 4096;

    @Test
    void shouldSayInATagAllThereIsToSay() {
        Chunk whole = new Chunk(SLOT_BYTES, 0xCAFE_F00D, false);
        Chunk end = new Chunk(0, -1, true);
        assertEquals(0x2000_0005_CAFE_F00DL, whole.tagged(5));
        assertEquals(0x3FFF_FFFF_FFFF_FFFFL, end.tagged((1L << 28) - 1));
        assertEquals(whole, Chunk.of(whole.tagged(5), SLOT_BYTES, SLOT_BYTES));
        assertEquals(end, Chunk.of(end.tagged(7), 0, SLOT_BYTES));
    }

    @Test
    void shouldBeReceivedByItsNumberAlone() {
        for (Chunk chunk : new Chunk[] {new Chunk(1, -1, true), new Chunk(1, 7, false)}) {
            assertEquals(Chunk.tag(9), chunk.tagged(9) & Chunk.SELECTOR);
            assertNotEquals(Chunk.tag(8), chunk.tagged(9) & Chunk.SELECTOR);
            assertNotEquals(Chunk.NEWS & Chunk.SELECTOR, chunk.tagged(0) & Chunk.SELECTOR);
        }
        assertEquals(Chunk.tag(3), Chunk.tag((1L << 28) + 3), "numbers come again, far apart");
    }

    @Test
    void shouldRefuseAChunkThatIsNotAsLongAsASlot() {
        for (Chunk bad :
                new Chunk[] {
                    new Chunk(SLOT_BYTES + 1, 0, true),
                    new Chunk(SLOT_BYTES + 1, 0, false),
                    new Chunk(SLOT_BYTES - 1, 0, false)
                }) {
            refuses(() -> Chunk.of(bad.tagged(0), bad.length(), SLOT_BYTES));
        }
    }

    @Test
    void shouldRefuseNewsThatCannotBe() {
        SendingRank rank = new SendingRank(null, new MemorySegment[2], null);
        rank.news(0);
        refuses(() -> rank.news(1));
        refuses(() -> rank.news(-1));
    }

    private static void refuses(Runnable what) {
        SoftpathException e = assertThrows(SoftpathException.class, what::run);
        assertEquals(Errno.EPROTO, e.errno());
    }
}

package io.softpath.daemon.chip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A page that holds the chip to the fate of the packet that is being received: no other store may
 * come.
 */
final class SimulatedPage implements UserPage {
    private final PinnedPages pages;
    private final int index;
    private final UserPage memory;
    private final boolean lenient;

    /** A store fails: its owner has it no more. */
    boolean gone;

    private ReceiveModel.Fate due;
    private int dueBytes;
    private Runnable meanwhile;

    /**
     * @param lenient take any store: its owner scribbles on its registers, so nobody knows what is
     *     due
     */
    SimulatedPage(PinnedPages pages, int index, boolean lenient) {
        this.pages = pages;
        this.index = index;
        this.lenient = lenient;
        memory = pages.page(index);
    }

    /** A store of this packet is due, and in the middle of it something happens. */
    void await(ReceiveModel.Fate fate, int bytes, Runnable happens) {
        due = fate;
        dueBytes = bytes;
        meanwhile = happens;
    }

    /** Whatever was due has happened. */
    void assertStored() {
        assertNull(due, "a store that did not come");
    }

    @Override
    public boolean store(int offset, MemorySegment from, long fromOffset, int bytes) {
        if (!lenient) {
            assertNotNull(due, "a store that nobody expects");
            assertSame(this, due.page());
            assertEquals(due.offset(), offset);
            assertEquals(dueBytes, bytes);
            due = null;
            meanwhile.run();
        }
        if (gone) {
            return false;
        }
        byte[] payload = from.asSlice(fromOffset, bytes).toArray(ValueLayout.JAVA_BYTE);
        pages.expect(index, offset, payload);
        return memory.store(offset, from, fromOffset, bytes);
    }
}

package io.softpath.apps.bigcopy;

/**
 * The slots of a rank's pinned memory, a ring: one thread fills them with chunks, another empties
 * them, both in order. Chunk {@code n} is in slot {@code n % count}.
 *
 * <pre>
 *   chunk   0 .. emptied | emptied .. filled | filled .. emptied + count
 *           done with    | in their slots    | have a slot that is free
 * </pre>
 *
 * The main thread looks, the file's thread waits. Any thread.
 */
final class Slots {
    private final int count;
    private final Chunk[] chunks; // guarded by this
    private volatile long filled; // written by the filling thread, guarded by this
    private volatile long emptied; // written by the emptying thread, guarded by this

    Slots(int count) {
        this.count = count;
        this.chunks = new Chunk[count];
    }

    int count() {
        return count;
    }

    int slot(long chunk) {
        return (int) (chunk % count);
    }

    /** How many chunks were put into their slots, in all. */
    long filled() {
        return filled;
    }

    /** How many chunks are done with, in all. */
    long emptied() {
        return emptied;
    }

    boolean hasRoom() {
        return filled < emptied + count;
    }

    /** What was said of a chunk that is in its slot. */
    synchronized Chunk chunk(long number) {
        return chunks[slot(number)];
    }

    /** The next chunk is in its slot. */
    synchronized void fill(Chunk chunk) {
        chunks[slot(filled)] = chunk;
        filled = filled + 1;
        notifyAll();
    }

    /** All chunks below this one are done with. */
    synchronized void empty(long upTo) {
        emptied = upTo;
        notifyAll();
    }

    /**
     * Waits until the next chunk has a slot.
     *
     * @return its number
     */
    synchronized long awaitRoom() throws InterruptedException {
        while (!hasRoom()) {
            wait();
        }
        return filled;
    }

    /** Waits until the first chunk that is not done with is in its slot. */
    synchronized long awaitFilled() throws InterruptedException {
        while (filled == emptied) {
            wait();
        }
        return emptied;
    }
}

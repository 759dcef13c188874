package io.softpath.daemon.chip;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.Pbc;
import io.softpath.abi.packet.PioLayout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.function.LongSupplier;

/**
 * The PIO buffers of one sender, which is a context or one of those who share it, and what the chip
 * remembers of each: how it will notice the next launch, and whether it owns the buffer now.
 *
 * <p>Buffers are counted from 0 within these. A buffer is FREE (the user may write it), QUEUED
 * (launched, waiting for the wire) or FAULTY (launched in a wrong way, waiting for a disarm). Not
 * final so that a test can act between two looks at the buffers.
 */
class ContextSends {
    static final byte FREE = 0;
    static final byte QUEUED = 1;
    static final byte FAULTY = 2;

    /** No launch was found; a PBC of 0 is never valid. */
    static final long NO_LAUNCH = 0;

    /** The launch tags do not say in which order the buffers were launched. */
    static final int UNORDERED = -1;

    /** A tag further ahead than this is behind: no sender has so many buffers. */
    private static final int MAX_LAUNCHES_AHEAD = Pbc.LAUNCH_TAG_MAX / 2;

    private static final ValueLayout.OfInt DWORD =
            ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);

    final int context;
    final MemorySegment memory;
    final int firstBuffer;
    final int count;
    final long strideBytes;
    final TriggerMode trigger;

    final byte[] state;

    /** Launched buffers in launch order, while they wait for the wire. */
    final int[] queue;

    final long[] queuedPbc;
    int queued;
    int queueHead;

    /** The buffer that a sender in ring order launches next. */
    int next;

    /**
     * A buffer became free before its turn: what the user sees free is not what comes next in ring
     * order. Only where there are no launch tags.
     */
    boolean outOfStep;

    int pollsUntilSweep;

    /** What gather records may send from; null if this context may not use them. */
    final GatherSource gatherSource;

    /** The gather record under way, always of the buffer at the head of the queue. */
    final GatherSend gather;

    /** The tag of the last launch from each buffer that the chip has noticed. */
    private final int[] lastTag;

    /** The tag of the context's last launch that the chip has taken. */
    private int lastLaunchTag = Pbc.NO_LAUNCH_TAG;

    /** Launches found and not taken yet, in launch order; null where there are no launch tags. */
    private final int[] found;

    private final int[] foundAhead;
    private final long[] foundPbc;

    /**
     * What a dword of this buffer holds until the user stores to it. Drawn once for each buffer: a
     * packet whose last dword happens to be just this, one in 2^32, is not noticed.
     */
    private final int[] poison;

    private final int bufferBytes;

    ContextSends(int context, SendMemory send, ChipModel model, LongSupplier random) {
        this.context = context;
        memory = send.pioBuffers();
        firstBuffer = send.firstBuffer();
        count = send.count();
        strideBytes = model.pioAlign();
        bufferBytes = model.pio2kBytes();
        trigger = send.trigger();
        gatherSource = send.gather();
        gather = gatherSource == null ? null : new GatherSend(model.mtuBytes());
        state = new byte[count];
        queue = new int[count];
        queuedPbc = new long[count];
        lastTag = new int[count];
        boolean tagged = trigger == TriggerMode.INLINE;
        found = tagged ? new int[count] : null;
        foundAhead = tagged ? new int[count] : null;
        foundPbc = tagged ? new long[count] : null;
        poison = new int[count];
        if (trigger == TriggerMode.LAST_DWORD) {
            for (int buffer = 0; buffer < count; buffer++) {
                poison[buffer] = (int) random.getAsLong();
                poison(buffer, bufferBytes);
            }
        }
    }

    long offset(int buffer) {
        return buffer * strideBytes;
    }

    /** The PBC of a buffer, read once (acquire): who launched it has launched all before it. */
    long pbc(int buffer) {
        return Pbc.get(memory, offset(buffer));
    }

    /**
     * Looks once at the word that launches the buffer.
     *
     * @return the PBC, read once, if the buffer was launched since the chip last gave it back; else
     *     {@link #NO_LAUNCH}
     */
    long takeLaunch(int buffer) {
        long offset = offset(buffer);
        return switch (trigger) {
            case INLINE -> {
                long pbc = pbc(buffer);
                int tag = Pbc.launchTag(pbc);
                if (tag == lastTag[buffer] || tag == 0) {
                    yield NO_LAUNCH;
                }
                lastTag[buffer] = tag;
                yield pbc;
            }
            case SPECIAL -> {
                int magic = Pbc.getTrigger(memory, offset + Pbc.SPECIAL_TRIGGER_OFFSET);
                yield magic == 0 ? NO_LAUNCH : takeSpecial(offset, magic);
            }
            case LAST_DWORD -> {
                long pbc = Pbc.get(memory, offset);
                yield pbc == 0 ? NO_LAUNCH : takeLastDword(buffer, offset, pbc);
            }
        };
    }

    /** Whether launch tags tell in which order this context's buffers were launched. */
    boolean hasLaunchTags() {
        return trigger == TriggerMode.INLINE;
    }

    /** Whether this is the launch that comes after the last one taken, as far as a PBC can tell. */
    boolean isInTurn(long pbc) {
        return trigger != TriggerMode.INLINE
                || Pbc.launchTag(pbc) == Pbc.nextLaunchTag(lastLaunchTag);
    }

    /** A launch is taken: what was launched before it is taken already, or never will be. */
    void taken(long pbc) {
        lastLaunchTag = Pbc.launchTag(pbc);
    }

    /** Has the launch that was just found in a buffer be found again. */
    void putBack(int buffer) {
        lastTag[buffer] = Pbc.NO_LAUNCH_TAG;
    }

    /**
     * Looks once at the launch tag of a buffer.
     *
     * @return how many launches it is ahead of the last one taken; 0 if it was not launched
     */
    int launchesAhead(int buffer) {
        int tag = Pbc.launchTag(pbc(buffer));
        return tag == lastTag[buffer] || tag == Pbc.NO_LAUNCH_TAG
                ? 0
                : Pbc.launchesAhead(lastLaunchTag, tag);
    }

    /**
     * Lists all launches up to one that was seen. Whoever has seen it (acquire) sees all that its
     * sender launched before; what was launched since may show or not, and is left.
     *
     * @param upTo how many launches the one seen is ahead of the last one taken
     * @return how many there are, for {@link #foundBuffer} and {@link #takeFound}; {@link
     *     #UNORDERED} if the tags make no sense: nobody counts so
     */
    int listLaunches(int upTo) {
        if (upTo > MAX_LAUNCHES_AHEAD) {
            return UNORDERED;
        }
        int launches = 0;
        for (int buffer = 0; buffer < count; buffer++) {
            if (state[buffer] != FREE) {
                continue;
            }
            long pbc = pbc(buffer);
            int tag = Pbc.launchTag(pbc);
            if (tag == lastTag[buffer] || tag == Pbc.NO_LAUNCH_TAG) {
                continue;
            }
            int ahead = Pbc.launchesAhead(lastLaunchTag, tag);
            if (ahead <= upTo) {
                int at = launches++;
                for (; at > 0 && foundAhead[at - 1] >= ahead; at--) {
                    if (foundAhead[at - 1] == ahead) {
                        return UNORDERED;
                    }
                    found[at] = found[at - 1];
                    foundAhead[at] = foundAhead[at - 1];
                    foundPbc[at] = foundPbc[at - 1];
                }
                found[at] = buffer;
                foundAhead[at] = ahead;
                foundPbc[at] = pbc;
            }
        }
        return launches;
    }

    /** The buffer of a launch that was found. */
    int foundBuffer(int index) {
        return found[index];
    }

    /**
     * Takes a launch that was found.
     *
     * @return the PBC, as it was when it was found
     */
    long takeFound(int index) {
        long pbc = foundPbc[index];
        lastTag[found[index]] = Pbc.launchTag(pbc);
        return pbc;
    }

    private long takeSpecial(long offset, int magic) {
        long pbc = Pbc.get(memory, offset);
        Pbc.putTrigger(memory, offset + Pbc.SPECIAL_TRIGGER_OFFSET, 0);
        if (magic != Pbc.SPECIAL_TRIGGER_MAGIC || pbc == 0) {
            return SendEngine.BAD_TRIGGER;
        }
        return pbc;
    }

    private long takeLastDword(int buffer, long offset, long pbc) {
        int length = Pbc.lengthDwords(pbc);
        boolean fits =
                length >= Pbc.MIN_LENGTH_DWORDS && PioLayout.lastDwordOffset(length) < bufferBytes;
        if (fits) {
            int last = Pbc.getTrigger(memory, offset + PioLayout.lastDwordOffset(length));
            if (last == poison[buffer]) {
                return NO_LAUNCH;
            }
        }
        Pbc.put(memory, offset, 0); // noticed: another length here is another launch
        return pbc;
    }

    /** Makes the buffer ready for its next use, before it is published as free. */
    void reset(int buffer, long pbc) {
        switch (trigger) {
            case INLINE -> {}
            case SPECIAL -> Pbc.put(memory, offset(buffer), 0);
            case LAST_DWORD -> {
                int used = (Pbc.lengthDwords(pbc) + 1) * Integer.BYTES;
                poison(buffer, Math.min(used, bufferBytes));
            }
        }
    }

    /**
     * Forgets whatever was written since the last launch.
     *
     * @return whether the chip can tell that something was
     */
    boolean forgetHalfWritten(int buffer) {
        long offset = offset(buffer);
        long pbc = Pbc.get(memory, offset);
        return switch (trigger) {
            case INLINE -> {
                int tag = Pbc.launchTag(pbc);
                boolean written = tag != 0 && tag != lastTag[buffer];
                if (written) {
                    lastTag[buffer] = tag;
                }
                yield written;
            }
            case SPECIAL -> {
                Pbc.putTrigger(memory, offset + Pbc.SPECIAL_TRIGGER_OFFSET, 0);
                Pbc.put(memory, offset, 0);
                yield pbc != 0;
            }
            case LAST_DWORD -> {
                poison(buffer, bufferBytes);
                yield pbc != 0;
            }
        };
    }

    private void poison(int buffer, int bytes) {
        int value = poison[buffer];
        long offset = offset(buffer);
        for (int at = Pbc.BYTES; at < bytes; at += Integer.BYTES) {
            memory.set(DWORD, offset + at, value);
        }
        Pbc.put(memory, offset, 0);
    }

    /**
     * Whether what is free comes first in ring order, and then, in launch order, what waits: then
     * buffers become free in ring order, and a sender that takes the next free one launches in ring
     * order.
     */
    boolean isInStep() {
        boolean waits = false;
        for (int i = 0; i < count; i++) {
            byte now = state[(next + i) % count];
            if (now == FREE && waits) {
                return false;
            }
            waits |= now == QUEUED;
        }
        int last = -1;
        for (int i = 0; i < queued; i++) {
            int place = (queue[(queueHead + i) % count] - next + count) % count;
            if (place < last) {
                return false;
            }
            last = place;
        }
        return true;
    }

    void enqueue(int buffer, long pbc) {
        int slot = queueHead + queued++;
        if (slot >= count) {
            slot -= count;
        }
        queue[slot] = buffer;
        queuedPbc[slot] = pbc;
        state[buffer] = QUEUED;
    }

    void dequeue() {
        stopGather(queue[queueHead]);
        if (++queueHead == count) {
            queueHead = 0;
        }
        queued--;
    }

    private void stopGather(int buffer) {
        if (gather != null && gather.underWay(buffer)) {
            gather.stop();
        }
    }

    /** Takes a buffer out of the middle of the queue. */
    void unqueue(int buffer) {
        stopGather(buffer);
        int kept = 0;
        int pending = queued;
        for (int i = 0; i < pending; i++) {
            int from = (queueHead + i) % count;
            if (queue[from] != buffer) {
                int to = (queueHead + kept++) % count;
                queue[to] = queue[from];
                queuedPbc[to] = queuedPbc[from];
            }
        }
        queued = kept;
    }
}

package io.softpath.daemon.chip;

import io.softpath.abi.packet.Pbc;
import io.softpath.abi.packet.PioLayout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.function.LongSupplier;

/**
 * The PIO buffers of one context and what the chip remembers of each: how it will notice the next
 * launch, and whether it owns the buffer now.
 *
 * <p>Buffers are counted from 0 within the context. A buffer is FREE (the user may write it),
 * QUEUED (launched, waiting for the wire) or FAULTY (launched in a wrong way, waiting for a
 * disarm). Not final so that a test can act between two looks at the buffers.
 */
class ContextSends {
    static final byte FREE = 0;
    static final byte QUEUED = 1;
    static final byte FAULTY = 2;

    /** No launch was found; a PBC of 0 is never valid. */
    static final long NO_LAUNCH = 0;

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

    int pollsUntilSweep;

    /** What gather records may send from; null if this context may not use them. */
    final GatherSource gatherSource;

    /** The gather record under way, always of the buffer at the head of the queue. */
    final GatherSend gather;

    /** Bytes that gathers of this context may still send in this look at it. */
    long gatherBudget;

    private final int[] lastTag;

    /**
     * What a dword of this buffer holds until the user stores to it. Drawn once for each buffer: a
     * packet whose last dword happens to be just this, one in 2^32, is not noticed.
     */
    private final int[] poison;

    private final int bufferBytes;

    ContextSends(
            int context,
            MemorySegment memory,
            int firstBuffer,
            int count,
            int strideBytes,
            int bufferBytes,
            TriggerMode trigger,
            LongSupplier random,
            GatherSource gatherSource,
            int mtuBytes) {
        this.context = context;
        this.memory = memory;
        this.firstBuffer = firstBuffer;
        this.count = count;
        this.strideBytes = strideBytes;
        this.bufferBytes = bufferBytes;
        this.trigger = trigger;
        this.gatherSource = gatherSource;
        gather = gatherSource == null ? null : new GatherSend(mtuBytes);
        state = new byte[count];
        queue = new int[count];
        queuedPbc = new long[count];
        lastTag = new int[count];
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
                long pbc = Pbc.get(memory, offset);
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

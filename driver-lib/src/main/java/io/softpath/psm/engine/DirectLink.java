package io.softpath.psm.engine;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.softpath.abi.direct.DirectLayout;

import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * Our end of the memory that is shared with one peer: what we write, what we read, and words of
 * each side. The peer may write anything anywhere in it: Agrona checks the bounds of each access,
 * and what is read is validated.
 */
public final class DirectLink {
    private static final VarHandle PROCESS = JAVA_LONG.varHandle().withInvokeExactBehavior();
    private static final VarHandle SLEEPS = JAVA_INT.varHandle().withInvokeExactBehavior();

    private final MemorySegment memory;
    private final DirectWords words;
    private final long ownOpened;
    private final long ownListens;
    private final long ownSleeps;
    private final long peerOpened;
    private final long peerListens;
    private final long peerSleeps;
    final RecordWriter out;
    final RecordReader in;

    /** Part of the memory, as an Agrona buffer that keeps it mapped. */
    @FunctionalInterface
    public interface View {
        UnsafeBuffer of(int offset, int bytes);
    }

    /**
     * @param side which of the two we are
     * @param memory {@link DirectLayout#BYTES} bytes of it
     * @param view the same memory for Agrona
     */
    public DirectLink(int side, MemorySegment memory, View view) {
        if (side < 0 || side >= DirectLayout.SIDES || memory.byteSize() != DirectLayout.BYTES) {
            throw new IllegalArgumentException(
                    "psm: side="
                            + side
                            + " bytes="
                            + memory.byteSize()
                            + " is no memory of a pair, choose side 0 or 1, bytes="
                            + DirectLayout.BYTES);
        }
        if (!UnsafeBuffer.SHOULD_BOUNDS_CHECK) {
            throw new IllegalStateException(
                    "psm: Agrona's bounds checks are switched off, and a peer could crash this"
                            + " process: start it without -Dagrona.disable.bounds.checks, or with"
                            + " PSM_DEVICES=self,ipath");
        }
        this.memory = memory;
        int peer = 1 - side;
        ownOpened = DirectLayout.openedAt(side);
        ownListens = DirectLayout.listensAt(side);
        ownSleeps = DirectLayout.sleepsAt(side);
        peerOpened = DirectLayout.openedAt(peer);
        peerListens = DirectLayout.listensAt(peer);
        peerSleeps = DirectLayout.sleepsAt(peer);
        words = new DirectWords(view.of(0, DirectLayout.BYTES));
        out = new RecordWriter(words, ring(view, side), side);
        in = new RecordReader(words, ring(view, peer), peer);
    }

    private static OneToOneRingBuffer ring(View view, int side) {
        int bytes = DirectLayout.RING_BYTES + RingBufferDescriptor.TRAILER_LENGTH;
        return new OneToOneRingBuffer(view.of(DirectLayout.ringAt(side), bytes));
    }

    /** Says which process we are. Release. */
    void openAs(int runId) {
        PROCESS.setRelease(memory, ownOpened, DirectLayout.process(runId));
    }

    /** Whether the other side is this process. Acquire. */
    boolean isOpenedBy(int runId) {
        return (long) PROCESS.getAcquire(memory, peerOpened) == DirectLayout.process(runId);
    }

    /** From now on we read what this process of the peer's writes. Release. */
    void listenTo(int runId) {
        PROCESS.setRelease(memory, ownListens, DirectLayout.process(runId));
    }

    /** We read no more, and have left. Release. */
    void leave() {
        PROCESS.setRelease(memory, ownListens, 0L);
        PROCESS.setRelease(memory, ownOpened, 0L);
    }

    /** Whether the peer reads what we write, and not what somebody before us wrote. Acquire. */
    boolean isListenedTo(int runId) {
        return (long) PROCESS.getAcquire(memory, peerListens) == DirectLayout.process(runId);
    }

    /** Says that we sleep, or no longer; before what is looked at afterwards. Volatile. */
    void sleep(boolean asleep) {
        SLEEPS.setVolatile(memory, ownSleeps, asleep ? 1 : 0);
    }

    /**
     * Whether the peer sleeps, or is about to. What was written before comes first: either we see
     * that it sleeps, or it sees what we have written. Full fence, then volatile.
     */
    boolean peerSleeps() {
        VarHandle.fullFence();
        return (int) SLEEPS.getVolatile(memory, peerSleeps) != 0;
    }

    /** The words of that memory. */
    DirectWords words() {
        return words;
    }

    /** The memory that records are in. */
    MemorySegment memory() {
        return memory;
    }
}

package io.softpath.driver.expected;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.ExpectedPsn;
import io.softpath.abi.packet.TidSessionList;
import io.softpath.driver.PinnedRegion;
import io.softpath.driver.ReceivedPacket;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import java.lang.foreign.MemorySegment;

/**
 * A part of pinned memory that one peer fills with expected packets, from the front to the back.
 *
 * <pre>
 *       offset                              offset + length
 *         |  received  |                      |
 *  ~ -----+------------+----------------------+----- ~     the region
 *     | page     | page     | page      | page      |      one TID each
 * </pre>
 *
 * Opened by {@link Expected#open}; owned by the receiving thread. Source: psm ips_proto_expected.c,
 * struct ips_tid_recv_desc.
 */
public final class ExpectedWindow implements AutoCloseable {
    private static final int PAGE_BYTES = ChipModel.TID_MAX_SIZE;
    private static final int HALF = ExpectedPsn.SEQ_COUNT / 2;

    private final Expected expected;
    private final PinnedRegion region;
    private final long offset;
    private final int length;
    private final int wholeLength; // whole dwords
    private final int firstOffset; // in the page of the first TID
    private final int[] tids;
    private final int flow;
    private final long descriptor;
    private final boolean hardware;

    private int generation;
    private int sequence; // of the next packet
    private int received;
    private int packets;
    private boolean restartWanted;
    private int restarts;
    private boolean closed;

    ExpectedWindow(
            Expected expected,
            PinnedRegion region,
            long offset,
            int length,
            int[] tids,
            int flow,
            int opened,
            int firstSequence) {
        this.expected = expected;
        this.region = region;
        this.offset = offset;
        this.length = length;
        this.wholeLength = length + 3 & ~3;
        this.firstOffset = (int) (offset % PAGE_BYTES);
        this.tids = tids;
        this.flow = flow;
        this.descriptor = (long) opened << 32 | flow;
        this.hardware = expected.hasFlows();
        this.sequence = firstSequence;
        startGeneration();
    }

    /**
     * Writes what the peer needs in order to send: TIDs, length, first PSN. It fits in one packet.
     *
     * @param target native memory or a heap array of bytes
     * @param targetOffset in bytes
     * @return bytes written, a multiple of 4
     * @throws SoftpathException.Refused EBADF if the window is closed
     * @throws IndexOutOfBoundsException if the target is too short
     */
    public int grant(MemorySegment target, long targetOffset) {
        return grant(target, targetOffset, 0);
    }

    /**
     * As {@link #grant(MemorySegment, long)}, for a window that is a part of a longer message.
     *
     * @param messageOffset where in the message the window starts, in bytes, a multiple of 4 below
     *     4 GiB
     */
    public int grant(MemorySegment target, long targetOffset, long messageOffset) {
        checkOpen();
        if (messageOffset < 0 || messageOffset > 0xFFFF_FFFCL || messageOffset % 4 != 0) {
            throw SoftpathException.of(
                    Errno.EINVAL,
                    "grant: messageOffset="
                            + messageOffset
                            + " is no multiple of 4 in 0..4294967292: count from the message's"
                            + " part");
        }
        TidSessionList.write(
                target,
                targetOffset,
                tids.length,
                0,
                0,
                descriptor,
                (int) (descriptor >>> 32),
                (int) messageOffset,
                length);
        int left = wholeLength;
        int from = firstOffset;
        for (int i = 0; i < tids.length; i++) {
            int bytes = Math.min(left, PAGE_BYTES - from);
            TidSessionList.putEntry(target, targetOffset, i, tids[i], from, bytes);
            left -= bytes;
            from = 0;
        }
        int psn = ExpectedPsn.of(flow, generation, sequence);
        TidSessionList.putStart(
                target, targetOffset, hardware ? psn | TidSessionList.SUPPRESSES : psn);
        return TidSessionList.bytes(tids.length);
    }

    /**
     * Looks at a packet. As {@link Expected#accept}, for a program that has one window only.
     *
     * @return {@link Progress#NOT_MINE} if the packet is not expected data of this window
     */
    public Progress accept(ReceivedPacket packet) {
        return expected.window(packet) == this ? take(packet) : Progress.NOT_MINE;
    }

    /** A packet of this flow and descriptor. */
    Progress take(ReceivedPacket packet) {
        int psn = packet.psn();
        if (isComplete() || ExpectedPsn.generation(psn) != generation) {
            return Progress.STALE;
        }
        if (packet.errors() != 0) {
            return wantRestart();
        }
        int ahead = ExpectedPsn.sequence(psn) - sequence & ExpectedPsn.SEQ_COUNT - 1;
        if (ahead >= HALF) {
            return Progress.STALE;
        }
        if (ahead > 0 && !hardware) {
            return wantRestart();
        }
        int end = checkedEnd(packet, ahead);
        if (end < 0) {
            return wantRestart();
        }
        received = end;
        packets += ahead + 1;
        sequence = ExpectedPsn.sequence(psn + 1);
        if (!hardware) {
            expected.flows().put(flow, generation, sequence);
        }
        return isComplete() ? Progress.COMPLETE : Progress.ADVANCED;
    }

    /**
     * Where the packet ends in the window, if it can be where it says: behind {@code ahead} packets
     * that the chip took without telling, each of a dword to a page. -1 if it cannot.
     */
    private int checkedEnd(ReceivedPacket packet, int ahead) {
        int index = (firstOffset + received) / PAGE_BYTES;
        int tid = packet.tid();
        int last = Math.min(tids.length - 1, index + ahead);
        while (index <= last && tids[index] != tid) {
            index++;
        }
        if (index > last) {
            return -1;
        }
        int start = index * PAGE_BYTES + packet.tidOffset() - firstOffset;
        int bytes = packet.payloadLength();
        boolean placed =
                ahead == 0
                        ? start == received
                        : start >= received + ahead * Integer.BYTES
                                && start - received <= ahead * PAGE_BYTES;
        boolean inside =
                bytes > 0
                        && bytes % Integer.BYTES == 0
                        && bytes <= PAGE_BYTES - packet.tidOffset()
                        && bytes <= wholeLength - start;
        return placed && inside ? start + bytes : -1;
    }

    private Progress wantRestart() {
        if (restartWanted) {
            return Progress.STALE;
        }
        restartWanted = true;
        return Progress.RESTART;
    }

    /** Whether something is missing and {@link #restart} was not yet called. */
    public boolean needsRestart() {
        return restartWanted && !isComplete();
    }

    /**
     * Starts over behind the last byte that is known to be there, with a new generation: whatever
     * is still under way of the old one is dropped. Also for a window that has become silent: the
     * last packet may be lost.
     *
     * @return what the peer has to give to {@link ExpectedSender#resume}, with {@link #descriptor}
     * @throws SoftpathException.Refused EINVAL if the window is complete, EBADF if it is closed
     */
    public long restart() {
        checkOpen();
        if (isComplete()) {
            throw SoftpathException.of(
                    Errno.EINVAL, "restart: the window is complete: tell the peer so: " + this);
        }
        restartWanted = false;
        restarts++;
        try {
            startGeneration();
        } catch (IllegalStateException e) {
            throw expected.afterClose(e);
        }
        return ResumePoint.of(flow, generation, sequence, received);
    }

    /** Whatever is under way comes too late. */
    void startOver() {
        startGeneration();
        restartWanted = true;
    }

    private void startGeneration() {
        generation = expected.flows().nextGeneration(flow);
        expected.flows().put(flow, generation, sequence);
    }

    /** Whether all bytes are there. */
    public boolean isComplete() {
        return received == wholeLength;
    }

    /** Bytes from the front on that are known to be there. */
    public int received() {
        return Math.min(received, length);
    }

    /** Packets that brought what is there, with those of which the chip said nothing. */
    public int packets() {
        return packets;
    }

    /** How often it was restarted. */
    public int restarts() {
        return restarts;
    }

    /** Names this window in grants, in the first qword of its packets and in NAKs. */
    public long descriptor() {
        return descriptor;
    }

    /** Its flow, 0 to 31: no other open window of the context has it. */
    public int flow() {
        return flow;
    }

    public PinnedRegion region() {
        return region;
    }

    /** Where it starts in the region, in bytes. */
    public long offset() {
        return offset;
    }

    /** Its length in bytes. */
    public int length() {
        return length;
    }

    /** How many TIDs it uses: its pages. */
    public int tidCount() {
        return tids.length;
    }

    /**
     * Gives up flow and TIDs. Packets that still come are dropped; unless the TIDs are kept for
     * another window, by the chip. Closing it again does nothing.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        expected.close(this, flow, tids, isComplete() && restarts == 0);
    }

    private void checkOpen() {
        if (closed) {
            throw SoftpathException.of(Errno.EBADF, "use of a closed window: " + this);
        }
    }

    @Override
    public String toString() {
        return "flow="
                + flow
                + " generation="
                + generation
                + " sequence="
                + sequence
                + " received="
                + received
                + " length="
                + length;
    }
}

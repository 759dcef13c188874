package io.softpath.driver.expected;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.ExpectedPsn;
import io.softpath.abi.packet.GatherRecord;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.driver.Destination;
import io.softpath.driver.PinnedRegion;
import io.softpath.driver.ReceivedPacket;
import io.softpath.driver.SendResult;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import java.lang.foreign.MemorySegment;

/**
 * Sends into the windows of one peer, one window after the other: {@link #begin} takes over what
 * the peer granted, {@link #send} sends as much as there are send buffers for, {@link #resume} goes
 * back to where the peer wants to have it again.
 *
 * <p>From pinned memory the chip makes the packets itself where that was negotiated (one send
 * buffer for a whole window, one copy); otherwise, and from any other memory, they go through send
 * buffers one by one. Packets never cross a page. On an IBA7322 all but each {@link
 * #headerInterval}-th and the last ask for no header entry.
 *
 * <p>Owned by the sending thread. Source: psm ips_proto_expected.c, ips_scb_prepare_tid_sendctrl.
 */
public final class ExpectedSender {
    private static final int PAGE_BYTES = ChipModel.TID_MAX_SIZE;

    /** Source: ips_proto_expected.c, PSM_DEFAULT_EXPECTED_HEADER. */
    private static final int HEADER_INTERVAL = 16;

    /** Source: psm_mq.c, PSM_MQ_RNDV_IPATH_WINDOW. */
    private static final int WINDOW_BYTES = 131_072;

    /** A quarter of PSM's 64 credits: so many headers at least come while they last. */
    private static final int MAX_HEADER_INTERVAL = 16;

    /** So many generations back a resume point is an old one that came late. */
    private static final int OLD_GENERATIONS = 32;

    private final ExpectedSetup setup;
    private final Destination to;
    private final Grant grant = new Grant();
    private final MemorySegment record = GatherRecord.allocate();
    private MemorySegment source = MemorySegment.NULL;
    private PinnedRegion region; // null: the source is not pinned, or the chip does not gather
    private long sourceOffset;
    private int headerInterval;
    private int psn; // of the next packet
    private int sent;
    private int furthest;
    private int packets; // of this generation
    private int interval;
    private int resumes;
    private boolean begun;

    ExpectedSender(ExpectedSetup setup, Destination to) {
        this.setup = setup;
        this.to = to;
        headerInterval(Math.min(HEADER_INTERVAL, WINDOW_BYTES / setup.maxPayloadBytes()));
    }

    /**
     * Takes over a grant that has come as the payload of this packet, to be filled from pinned
     * memory.
     *
     * @param memory which must not change until the peer says that it has everything: the chip
     *     reads it when it sends
     * @param messageStart where the message starts in it, in bytes, a multiple of 4
     * @param messageBytes how long the message is: a grant for more is refused. If it is no
     *     multiple of 4, up to 3 bytes behind it may be sent
     * @throws SoftpathException.Refused EPROTO if the grant is not one, or asks for more than the
     *     message; EINVAL if the message is not inside the memory, or that is another context's;
     *     EBADF if it is closed. The sender stays as it was
     */
    public void begin(
            ReceivedPacket packet, PinnedRegion memory, long messageStart, long messageBytes) {
        begin(
                packet.payloadSegment(),
                packet.payloadOffset(),
                packet.payloadLength(),
                memory,
                messageStart,
                messageBytes);
    }

    /** As {@link #begin(ReceivedPacket, PinnedRegion, long, long)}, for a copy of the grant. */
    public void begin(
            MemorySegment grantMemory,
            long grantOffset,
            int grantBytes,
            PinnedRegion memory,
            long messageStart,
            long messageBytes) {
        setup.driver().checkOwn(memory);
        if (messageStart % Integer.BYTES != 0) {
            throw SoftpathException.of(
                    Errno.EINVAL,
                    "expected: messageStart="
                            + messageStart
                            + " is no multiple of 4: align the message in its region");
        }
        begin(grantMemory, grantOffset, grantBytes, memory.segment(), messageStart, messageBytes);
        region = setup.gather() ? memory : null;
    }

    /**
     * As {@link #begin(ReceivedPacket, PinnedRegion, long, long)}, from any memory that this thread
     * can read: packet by packet, copied when {@link #send} says so.
     *
     * @param messageStart in bytes
     */
    public void begin(
            MemorySegment grantMemory,
            long grantOffset,
            int grantBytes,
            MemorySegment memory,
            long messageStart,
            long messageBytes) {
        if (messageStart < 0
                || messageBytes < 0
                || messageBytes > memory.byteSize() - messageStart) {
            throw SoftpathException.of(
                    Errno.EINVAL,
                    "expected: the message is not inside its memory: messageStart="
                            + messageStart
                            + " messageBytes="
                            + messageBytes
                            + " memoryBytes="
                            + memory.byteSize());
        }
        grant.read(grantMemory, grantOffset, grantBytes, messageBytes);
        source = memory;
        region = null;
        sourceOffset = messageStart + grant.messageOffset();
        psn = grant.psn();
        sent = 0;
        furthest = 0;
        packets = 0;
        interval = headerInterval;
        begun = true;
    }

    /**
     * Sends what can be sent now of the rest. Never waits; makes no system call while there are
     * buffers, and allocates nothing.
     *
     * @return {@link SendResult#SENT} when everything is out ({@link #isDone}); else why not, call
     *     again
     * @throws SoftpathException.Refused EINVAL if nothing was begun, EFAULT if the memory cannot be
     *     read, EBADF if it or the context is closed
     * @throws SoftpathException.Lost ENOTCONN if the daemon is gone, EIO if the unit has failed
     */
    public SendResult send() {
        if (!begun) {
            throw SoftpathException.of(
                    Errno.EINVAL, "expected: nothing to send: begin with a grant first: to=" + to);
        }
        SendResult result = SendResult.SENT;
        while (!isDone() && result == SendResult.SENT) {
            result = region != null ? gather() : packet();
        }
        return result;
    }

    private SendResult gather() {
        int at = grant.firstOffset() + sent;
        int first = at / PAGE_BYTES;
        int rest = grant.wholeLength() - sent;
        if (!region.isOpen()) {
            throw SoftpathException.of(
                    Errno.EBADF, "expected: the memory to send from is closed: " + region);
        }
        GatherRecord.write(
                record,
                0,
                region.handle(),
                sourceOffset + sent,
                rest,
                at % PAGE_BYTES,
                grant.tids(),
                first,
                grant.tidCount() - first,
                interval,
                MessageHeader.FLAG_ACK_WANTED | MessageHeader.FLAG_EXPECTED_LAST);
        SendResult result = setup.driver().gather(to, psn, grant.descriptor(), resumes, record);
        if (result == SendResult.SENT) {
            sent = grant.wholeLength();
            furthest = sent;
        }
        return result;
    }

    private SendResult packet() {
        int at = grant.firstOffset() + sent;
        int pageOffset = at % PAGE_BYTES;
        int whole = Math.min(setup.maxPayloadBytes(), PAGE_BYTES - pageOffset);
        boolean last = whole >= grant.wholeLength() - sent;
        int bytes = last ? grant.length() - sent : whole;
        boolean tells = last || (packets + 1) % interval == 0;
        int flags = tells ? MessageHeader.FLAG_ACK_WANTED : 0;
        SendResult result =
                setup.driver()
                        .packet(
                                to,
                                psn,
                                grant.tids()[at / PAGE_BYTES],
                                pageOffset,
                                !tells && grant.suppresses() ? IpathHeader.HDRSUPP : 0,
                                last ? flags | MessageHeader.FLAG_EXPECTED_LAST : flags,
                                grant.descriptor(),
                                resumes,
                                source,
                                sourceOffset + sent,
                                bytes);
        if (result == SendResult.SENT) {
            packets++;
            psn = ExpectedPsn.plus(psn, 1);
            sent = last ? grant.wholeLength() : sent + whole;
            furthest = Math.max(furthest, sent);
        }
        return result;
    }

    /**
     * Goes on where the peer wants to have it, with a new generation. Then call {@link #send}.
     *
     * @param descriptor of the window, as the peer sent it
     * @param point what {@link ExpectedWindow#restart} returned to the peer
     * @return false if it is about another window than this sender's, or an old one: nothing has
     *     changed
     * @throws SoftpathException.Refused EPROTO if the peer wants what was not yet sent, or from
     *     where no packet can start
     */
    public boolean resume(long descriptor, long point) {
        int newPsn = ResumePoint.psn(point);
        int from = ResumePoint.received(point);
        if (!begun || descriptor != grant.descriptor()) {
            return false;
        }
        boolean flows =
                ExpectedPsn.flow(newPsn) == ExpectedPsn.flow(psn)
                        && ExpectedPsn.generation(newPsn) != 0;
        int behind = ExpectedPsn.generation(psn) - ExpectedPsn.generation(newPsn);
        if (flows && Math.floorMod(behind, ExpectedPsn.GEN_MAX) < OLD_GENERATIONS) {
            return false;
        }
        boolean starts =
                from >= 0
                        && from < grant.wholeLength()
                        && from <= furthest
                        && from % Integer.BYTES == 0;
        if (!flows || !starts) {
            throw SoftpathException.of(
                    Errno.EPROTO,
                    "expected: the peer wants to go on where that cannot be: received="
                            + Integer.toUnsignedLong(from)
                            + " sent="
                            + furthest
                            + " psn="
                            + newPsn
                            + " flow="
                            + ExpectedPsn.flow(psn));
        }
        psn = newPsn;
        sent = from;
        packets = 0;
        interval = Math.max(1, interval / 2);
        resumes++;
        return true;
    }

    /** Whether all of the window was sent. The peer may still ask for a part of it again. */
    public boolean isDone() {
        return begun && sent == grant.wholeLength();
    }

    /** Bytes of the window that were sent in this generation, or need not be sent again. */
    public int sent() {
        return Math.min(sent, grant.length());
    }

    /** Bytes of the window. */
    public int length() {
        return grant.length();
    }

    /** Where the window starts in the message, in bytes. */
    public long messageOffset() {
        return grant.messageOffset();
    }

    /** Names the peer's window. */
    public long descriptor() {
        return grant.descriptor();
    }

    /** How often a peer wanted something again, in all. */
    public int resumes() {
        return resumes;
    }

    /** Packets for each one that leaves a header entry: 16, unless set. */
    public int headerInterval() {
        return headerInterval;
    }

    /**
     * Sets the interval, from the next {@link #begin} on; a quarter of PSM's credits at most, so
     * that the peer hears something in between.
     *
     * @throws SoftpathException.Refused EINVAL if it is below 1
     */
    public void headerInterval(int packetsPerHeader) {
        if (packetsPerHeader < 1) {
            throw SoftpathException.of(
                    Errno.EINVAL, "expected: headerInterval=" + packetsPerHeader + " is below 1");
        }
        headerInterval = Math.min(packetsPerHeader, MAX_HEADER_INTERVAL);
    }

    @Override
    public String toString() {
        return "to=" + to + " sent=" + sent + " length=" + grant.length();
    }
}

package io.softpath.driver.send;

import io.softpath.abi.control.UnitStatus;
import io.softpath.abi.control.UserEvent;
import io.softpath.abi.packet.GatherRecord;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.PacketCrc;
import io.softpath.abi.packet.Pbc;
import io.softpath.abi.packet.PioLayout;
import io.softpath.abi.region.AvailPage;
import io.softpath.driver.LaunchMode;
import io.softpath.driver.PacketTrace;
import io.softpath.driver.SendResult;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Sends packets by programmed I/O: takes a free buffer, fills it, launches it with the last store.
 *
 * <p>The buffer is laid out as {@link PioLayout} draws it.
 *
 * <p>While buffers are free a send is stores only: no lock, no allocation, no system call; the one
 * fence is the price of looking whether the chip sleeps. The steps when none is free are those of
 * PSM: ips_spio.c, ips_spio_transfer_frame and ips_spio_report_stall.
 *
 * <p>Owned by the sending thread.
 */
public final class PioSender {
    /** Failures in a row between two resyncs. Source: ips_spio.c, SPIO_RESYNC_CONSEC_SEND_FAIL. */
    static final int RESYNC_FAILURES = 16;

    /**
     * Failures in a row after which the next buffer may be broken, or what the chip said lost:
     * then, and twice as many later and so on, another buffer is tried and the chip asked.
     */
    static final int LONG_FAILURES = 1 << 12;

    private static final ValueLayout.OfLong LE64 =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final SendSetup setup;
    private final SendControl control;
    private final PioBuffer[] buffers;
    private final PioAvailReader avail;
    private final LaunchMode launch;
    private final int[] launchTags;
    private int lastLaunchTag = Pbc.NO_LAUNCH_TAG;
    private final MemorySegment availPage;
    private final boolean doorbell;
    private final int maxPayloadBytes;

    /**
     * A disarm is under way in a mode whose buffers the chip must not disarm while they are filled:
     * it would throw away the first half of a packet and launch the second.
     */
    private boolean disarming;

    /** Made when the first packet wants a checksum, as is the packet that it is made of. */
    private PacketCrc crc;

    private MemorySegment checked;

    /** Null if nobody records. */
    private PacketTrace trace;

    private long seenRefreshes;
    private long failuresInRow;
    private long lastStallReportNs;
    private boolean stallReported;

    private long packetCount;
    private long byteCount;
    private long busyCount;
    private long stallCount;
    private long doorbellCount;

    public PioSender(SendSetup setup, SendControl control) {
        this(setup, control, buffersOf(setup));
    }

    PioSender(SendSetup setup, SendControl control, PioBuffer[] buffers) {
        this.setup = setup;
        this.control = control;
        this.buffers = buffers;
        this.avail =
                new PioAvailReader(
                        setup.availPage(), setup.first(), setup.count(), setup.swapped());
        this.launch = setup.launch();
        this.launchTags = new int[setup.count()];
        this.availPage = setup.availPage();
        this.doorbell = setup.doorbell();
        this.maxPayloadBytes = setup.maxPayloadBytes();
    }

    /** From now on somebody hears of each packet. */
    public void trace(PacketTrace listener) {
        trace = listener;
    }

    private static PioBuffer[] buffersOf(SendSetup setup) {
        PioBuffer[] buffers = new PioBuffer[setup.count()];
        for (int i = 0; i < buffers.length; i++) {
            long offset = (long) i * setup.pioAlignBytes();
            buffers[i] = new PioBuffer(setup.pioBuffers().slice(offset, setup.pioAlignBytes()));
        }
        return buffers;
    }

    /**
     * Sends one packet, or says why not now.
     *
     * @param pktFlags flags that the receiving chip looks at
     * @param message from {@link HeaderTemplate#message}
     * @param protocol from {@link HeaderTemplate#protocol}
     * @param payload where the payload is read from, on this thread, before this returns
     * @throws SoftpathException.Refused EMSGSIZE if the payload is too long, EFAULT if it is not
     *     inside the segment or this thread may not read it; nothing was sent
     * @throws SoftpathException.Lost EIO if no buffer is free because the unit has failed
     */
    public SendResult send(
            HeaderTemplate to,
            int pktFlags,
            long message,
            long protocol,
            long data0,
            long data1,
            MemorySegment payload,
            long offset,
            int length) {
        SendResult result =
                sendNumbered(
                        to,
                        to.nextPsn(),
                        pktFlags,
                        message,
                        protocol,
                        data0,
                        data1,
                        payload,
                        offset,
                        length);
        if (result == SendResult.SENT) {
            to.advancePsn();
        }
        return result;
    }

    /**
     * As {@link #send}, with a sequence number that the caller counts.
     *
     * @param psn 24 bits
     * @throws SoftpathException as {@link #send}
     */
    public SendResult sendNumbered(
            HeaderTemplate to,
            int psn,
            int pktFlags,
            long message,
            long protocol,
            long data0,
            long data1,
            MemorySegment payload,
            long offset,
            int length) {
        SendResult result =
                send(
                        to,
                        psn,
                        to.eagerVcto(),
                        -length & 3,
                        0,
                        pktFlags,
                        message,
                        protocol,
                        data0,
                        data1,
                        payload,
                        offset,
                        length);
        return counted(result, length);
    }

    /**
     * As {@link #sendNumbered}, with PSM's checksum behind the payload, which takes {@link
     * PacketCrc#BYTES} of what a packet can carry.
     */
    public SendResult sendChecked(
            HeaderTemplate to,
            int psn,
            int pktFlags,
            long message,
            long protocol,
            long data0,
            long data1,
            MemorySegment payload,
            long offset,
            int length) {
        if (length < 0 || length > maxPayloadBytes - PacketCrc.BYTES) {
            throw tooLong(length);
        }
        if (offset < 0 || offset > payload.byteSize() - length) {
            throw outside(payload, offset, length);
        }
        if (crc == null) {
            crc = new PacketCrc(maxPayloadBytes);
            checked = MemorySegment.ofArray(new byte[MessageHeader.BYTES + maxPayloadBytes]);
        }
        int pad = -length & 3;
        int end = MessageHeader.BYTES + length + pad;
        int lengthDwords = Pbc.lengthDwordsOfPayload(length + pad + PacketCrc.BYTES);
        int vcto = to.eagerVcto();
        checked.set(LE64, MessageHeader.LRH, to.lrh(lengthDwords));
        checked.set(LE64, MessageHeader.BTH0, to.bth(pad));
        checked.set(LE64, MessageHeader.BTH2, HeaderTemplate.psnAndVcto(psn, vcto));
        checked.set(
                LE64,
                MessageHeader.CHKSUM,
                HeaderTemplate.checksumAndFlags(lengthDwords, vcto, pktFlags) | message);
        checked.set(LE64, MessageHeader.ACK, protocol);
        checked.set(LE64, MessageHeader.DATA0, data0);
        checked.set(LE64, MessageHeader.DATA1, data1);
        MemorySegment.copy(payload, offset, checked, MessageHeader.BYTES, length);
        for (int at = MessageHeader.BYTES + length; at < end; at++) {
            checked.set(ValueLayout.JAVA_BYTE, at, (byte) 0);
        }
        PacketCrc.put(checked, end, crc.of(checked, 0, checked, MessageHeader.BYTES, length + pad));
        SendResult result =
                send(
                        to,
                        psn,
                        vcto,
                        pad,
                        0,
                        pktFlags,
                        message,
                        protocol,
                        data0,
                        data1,
                        checked,
                        MessageHeader.BYTES,
                        length + pad + PacketCrc.BYTES);
        return counted(result, length);
    }

    /**
     * Sends one expected packet, or says why not now. A last dword that is not full is filled up
     * with zeros, which the receiving chip writes too.
     *
     * @param psn flow, generation and sequence
     * @param offsetDwords in the page of the TID
     * @throws SoftpathException as {@link #send}
     */
    public SendResult sendExpected(
            HeaderTemplate to,
            int psn,
            int tid,
            int offsetDwords,
            int pktFlags,
            long message,
            long protocol,
            long data0,
            long data1,
            MemorySegment payload,
            long offset,
            int length) {
        SendResult result =
                send(
                        to,
                        psn,
                        to.expectedVcto(tid, offsetDwords),
                        0,
                        0,
                        pktFlags,
                        message,
                        protocol,
                        data0,
                        data1,
                        payload,
                        offset,
                        length);
        return counted(result, length);
    }

    /**
     * Has the chip send pinned memory as expected packets, or says why not now. The buffer is busy
     * until the last of them has left.
     *
     * @param psn flow, generation and sequence of the first packet
     * @param pktFlags of all of them, without HDRSUPP
     * @param record a {@link GatherRecord} from its beginning on; not kept
     * @throws SoftpathException as {@link #send}
     */
    public SendResult sendGather(
            HeaderTemplate to,
            int psn,
            int pktFlags,
            long message,
            long protocol,
            long data0,
            long data1,
            MemorySegment record) {
        int offsetDwords = GatherRecord.pageOffset(record, 0) / Integer.BYTES;
        SendResult result =
                send(
                        to,
                        psn,
                        to.expectedVcto(GatherRecord.tid(record, 0, 0), offsetDwords),
                        0,
                        Pbc.asGather(0),
                        pktFlags,
                        message,
                        protocol,
                        data0,
                        data1,
                        record,
                        0,
                        GatherRecord.bytes(GatherRecord.tidCount(record, 0)));
        return counted(result, GatherRecord.length(record, 0));
    }

    private SendResult counted(SendResult result, int bytes) {
        if (result == SendResult.SENT) {
            byteCount += bytes;
        }
        return result;
    }

    private SendResult send(
            HeaderTemplate to,
            int psn,
            int vcto,
            int bthPad,
            long pbcBits,
            int pktFlags,
            long message,
            long protocol,
            long data0,
            long data1,
            MemorySegment payload,
            long offset,
            int length) {
        if (length < 0 || length > maxPayloadBytes) {
            throw tooLong(length);
        }
        if (offset < 0 || offset > payload.byteSize() - length) {
            throw outside(payload, offset, length);
        }
        if (launch != LaunchMode.INLINE) {
            checkReadable(payload);
            if (disarming && !disarmed()) {
                return noBuffer();
            }
        }
        int index = avail.take();
        if (avail.refreshCount() != seenRefreshes) {
            lookAtEvents();
            if (disarming && index >= 0) {
                avail.putBack(index);
                return noBuffer();
            }
        }
        if (index < 0) {
            return noBuffer();
        }
        Faults.at(FaultPoint.PIO_CLAIMED);
        int lengthDwords = Pbc.lengthDwordsOfPayload(length + (-length & 3));
        long pbc = pbcBits | Pbc.of(lengthDwords);
        long lrh = to.lrh(lengthDwords);
        long bth = to.bth(bthPad);
        long psnAndVcto = HeaderTemplate.psnAndVcto(psn, vcto);
        long flagsAndMessage =
                HeaderTemplate.checksumAndFlags(lengthDwords, vcto, pktFlags) | message;
        boolean filled = false;
        try {
            if (trace != null) {
                trace.launching(
                        setup.first() + index,
                        pbc,
                        lrh,
                        bth,
                        psnAndVcto,
                        flagsAndMessage,
                        protocol,
                        data0,
                        data1,
                        payload,
                        offset,
                        length);
            }
            fill(
                    index,
                    pbc,
                    lrh,
                    bth,
                    psnAndVcto,
                    flagsAndMessage,
                    protocol,
                    data0,
                    data1,
                    payload,
                    offset,
                    length);
            filled = true;
        } catch (IllegalStateException | WrongThreadException e) {
            throw unreadable(payload, e);
        } finally {
            if (!filled) {
                avail.putBack(index);
            }
        }
        Faults.at(FaultPoint.PIO_TRIGGERED);
        failuresInRow = 0;
        packetCount++;
        if (doorbell) {
            ringIfAsleep();
        }
        return SendResult.SENT;
    }

    /** The arguments from {@code lrh} to {@code data1} are the seven qwords of the header. */
    private void fill(
            int index,
            long pbc,
            long lrh,
            long bth,
            long psnAndVcto,
            long flagsAndMessage,
            long protocol,
            long data0,
            long data1,
            MemorySegment payload,
            long offset,
            int length) {
        PioBuffer buffer = buffers[index];
        switch (launch) {
            case INLINE -> {
                putHeader(buffer, lrh, bth, psnAndVcto, flagsAndMessage, protocol, data0);
                buffer.putLong(PioLayout.HEADER + MessageHeader.DATA1, data1);
                putPayload(buffer, payload, offset, length);
                int tag = Pbc.nextLaunchTag(lastLaunchTag, launchTags[index]);
                launchTags[index] = tag;
                lastLaunchTag = tag;
                Faults.at(FaultPoint.PIO_BEFORE_TRIGGER);
                buffer.putLongRelease(PioLayout.PBC, Pbc.withLaunchTag(pbc, tag));
            }
            case SPECIAL -> {
                buffer.putLong(PioLayout.PBC, pbc);
                putHeader(buffer, lrh, bth, psnAndVcto, flagsAndMessage, protocol, data0);
                buffer.putLong(PioLayout.HEADER + MessageHeader.DATA1, data1);
                putPayload(buffer, payload, offset, length);
                Faults.at(FaultPoint.PIO_BEFORE_TRIGGER);
                buffer.putIntRelease(Pbc.SPECIAL_TRIGGER_OFFSET, Pbc.SPECIAL_TRIGGER_MAGIC);
            }
            case LAST_DWORD -> {
                buffer.putLong(PioLayout.PBC, pbc);
                VarHandle.releaseFence();
                putHeader(buffer, lrh, bth, psnAndVcto, flagsAndMessage, protocol, data0);
                if (length == 0) {
                    buffer.putInt(PioLayout.HEADER + MessageHeader.DATA1, (int) data1);
                    Faults.at(FaultPoint.PIO_BEFORE_TRIGGER);
                    buffer.putIntRelease(
                            PioLayout.HEADER + MessageHeader.DATA1 + Integer.BYTES,
                            (int) (data1 >>> 32));
                } else {
                    buffer.putLong(PioLayout.HEADER + MessageHeader.DATA1, data1);
                    int last = length - 1 & ~3;
                    buffer.putBytes(PioLayout.PAYLOAD, payload, offset, last);
                    Faults.at(FaultPoint.PIO_BEFORE_TRIGGER);
                    buffer.putIntRelease(
                            PioLayout.PAYLOAD + last, tail(payload, offset + last, length - last));
                }
            }
        }
    }

    /** All but the last qword. */
    private static void putHeader(
            PioBuffer buffer,
            long lrh,
            long bth,
            long psnAndVcto,
            long flagsAndMessage,
            long protocol,
            long data0) {
        buffer.putLong(PioLayout.HEADER + MessageHeader.LRH, lrh);
        buffer.putLong(PioLayout.HEADER + MessageHeader.BTH0, bth);
        buffer.putLong(PioLayout.HEADER + MessageHeader.BTH2, psnAndVcto);
        buffer.putLong(PioLayout.HEADER + MessageHeader.CHKSUM, flagsAndMessage);
        buffer.putLong(PioLayout.HEADER + MessageHeader.ACK, protocol);
        buffer.putLong(PioLayout.HEADER + MessageHeader.DATA0, data0);
        Faults.at(FaultPoint.PIO_HALF_WRITTEN);
    }

    private static void putPayload(
            PioBuffer buffer, MemorySegment payload, long offset, int length) {
        if (length == 0) {
            return;
        }
        int whole = length & ~3;
        buffer.putBytes(PioLayout.PAYLOAD, payload, offset, whole);
        if (whole != length) {
            buffer.putInt(PioLayout.PAYLOAD + whole, tail(payload, offset + whole, length - whole));
        }
    }

    /** The last one to four bytes as a dword, padded with zeros. */
    private static int tail(MemorySegment payload, long offset, int bytes) {
        int dword = 0;
        for (int i = 0; i < bytes; i++) {
            dword |= (payload.get(ValueLayout.JAVA_BYTE, offset + i) & 0xFF) << i * Byte.SIZE;
        }
        return dword;
    }

    /**
     * The full fence orders the launch before the look at the chip's word; the chip, before it
     * sleeps, sets that word, fences, and looks at the buffers once more. So one of the two sees
     * the other.
     */
    private void ringIfAsleep() {
        VarHandle.fullFence();
        if (AvailPage.chipAsleep(availPage)) {
            doorbellCount++;
            control.ringDoorbell();
        }
    }

    /** Step 5: none is free. */
    private SendResult noBuffer() {
        busyCount++;
        long failures = ++failuresInRow;
        boolean linkUsable = linkUsable();
        if (failures % RESYNC_FAILURES == 0) {
            avail.refreshAll();
            if (setup.forceAvailUpdate()) {
                control.requestAvailUpdate();
            }
        }
        if (failures >= LONG_FAILURES && Long.bitCount(failures) == 1) {
            avail.skipBusy();
            control.requestAvailUpdate();
        }
        if (failures % setup.stallFailures() == 0) {
            stalled(failures);
        }
        return linkUsable ? SendResult.NO_PIO_BUFFER : SendResult.LINK_DOWN;
    }

    /**
     * PSM's check of the status words: this port's and the one behind it. Source: ipath_utils.c,
     * ipath_check_unit_status.
     */
    private boolean linkUsable() {
        long word = status(0);
        if ((word & UnitStatus.CHIP_PRESENT) == 0 || (word & UnitStatus.HWERROR) != 0) {
            throw new SoftpathException.Lost(
                    Errno.EIO,
                    String.format(
                            "send: the unit has failed: status=0x%x text=\"%s\"",
                            word, freezeText()));
        }
        long either = word | status(1);
        return (either & UnitStatus.IB_CONF) != 0 && (either & UnitStatus.IB_READY) != 0;
    }

    /** PSM takes it from the qword after the next. */
    private String freezeText() {
        int start = setup.statusOffset() + 2 * Long.BYTES;
        byte[] text =
                availPage.asSlice(start, AvailPage.TEXT_END - start).toArray(ValueLayout.JAVA_BYTE);
        int length = 0;
        while (length < text.length && text[length] != 0) {
            length++;
        }
        return new String(text, 0, length, StandardCharsets.UTF_8);
    }

    private long status(int index) {
        return AvailPage.status(availPage, setup.statusOffset() + index * Long.BYTES);
    }

    private void lookAtEvents() {
        seenRefreshes = avail.refreshCount();
        long events = events();
        if ((events & UserEvent.DISARM_BUFS) != 0) {
            control.acknowledge(UserEvent.DISARM_BUFS);
            disarming = launch != LaunchMode.INLINE;
        }
    }

    /** The driver clears the event when it has disarmed. With the link down it may set it again. */
    private boolean disarmed() {
        if ((events() & UserEvent.DISARM_BUFS) != 0) {
            control.acknowledge(UserEvent.DISARM_BUFS);
            return false;
        }
        disarming = false;
        return true;
    }

    /** This context's event word; 0 with a driver that has none. */
    public long events() {
        if (setup.eventPage().byteSize() == 0) {
            return 0;
        }
        return UserEvent.word(setup.eventPage(), setup.subcontext());
    }

    private void stalled(long failures) {
        avail.skipBusy();
        stallCount++;
        long now = setup.nanoTime().getAsLong();
        if (stallReported && now - lastStallReportNs < setup.stallReportNs()) {
            return;
        }
        stallReported = true;
        lastStallReportNs = now;
        control.reportStall(
                String.format(
                        "pio send stalled: failures=%d stalls=%d buffers=%d..%d free=%d packets=%d"
                                + " status=0x%x events=0x%x",
                        failures,
                        stallCount,
                        setup.first(),
                        setup.first() + setup.count() - 1,
                        avail.freeCount(),
                        packetCount,
                        status(0),
                        events()));
    }

    private SoftpathException tooLong(int length) {
        return SoftpathException.of(
                Errno.EMSGSIZE,
                "send: payloadBytes="
                        + length
                        + " is outside 0.."
                        + maxPayloadBytes
                        + ": send several packets");
    }

    private static SoftpathException outside(MemorySegment payload, long offset, int length) {
        return SoftpathException.of(
                Errno.EFAULT,
                "send: payload is not inside its segment: offset="
                        + offset
                        + " length="
                        + length
                        + " segmentBytes="
                        + payload.byteSize());
    }

    /** A half-written buffer would look launched to its next user where the tag does not tell. */
    private void checkReadable(MemorySegment payload) {
        if (!payload.scope().isAlive() || !payload.isAccessibleBy(Thread.currentThread())) {
            throw unreadable(payload, null);
        }
    }

    private SoftpathException unreadable(MemorySegment payload, RuntimeException e) {
        if (!setup.availPage().scope().isAlive()) {
            return SoftpathException.of(Errno.EBADF, "send: the context is closed", e);
        }
        return SoftpathException.of(
                Errno.EFAULT, "send: this thread cannot read the payload: segment=" + payload, e);
    }

    public long packetCount() {
        return packetCount;
    }

    public long byteCount() {
        return byteCount;
    }

    /** Sends that found no free buffer. Name in PSM's statistics: "pio busy count". */
    public long busyCount() {
        return busyCount;
    }

    /** Stalls. Name in PSM's statistics: "pio stalls". */
    public long stallCount() {
        return stallCount;
    }

    /** How often the chip had to be woken. */
    public long doorbellCount() {
        return doorbellCount;
    }
}

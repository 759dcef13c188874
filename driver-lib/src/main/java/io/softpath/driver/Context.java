package io.softpath.driver;

import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.ContextInfo;
import io.softpath.abi.control.RuntimeFlags;
import io.softpath.abi.control.UserEvent;
import io.softpath.abi.control.UserInfo;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.region.RegionKind;
import io.softpath.driver.control.ControlChannel;
import io.softpath.driver.control.DeviceFile;
import io.softpath.driver.direct.Direct;
import io.softpath.driver.expected.Expected;
import io.softpath.driver.expected.ExpectedDriver;
import io.softpath.driver.expected.ExpectedSetup;
import io.softpath.driver.receive.RcvHdrqReader;
import io.softpath.driver.receive.ReceiveSetup;
import io.softpath.driver.send.HeaderTemplate;
import io.softpath.driver.send.PioSender;
import io.softpath.driver.send.SendControl;
import io.softpath.driver.send.SendSetup;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;
import io.softpath.flight.EventLayout;
import io.softpath.flight.FlightRecorder;
import io.softpath.memory.Vma;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A receive context of the chip, the PIO buffers that go with it, and their memory mapped into this
 * process.
 *
 * <p>One thread at a time sends, one thread at a time receives and waits; the two may be different
 * threads, and either may be handed over with the usual care. Run with {@code -ea} to have that
 * checked. All other methods may be called by any thread at any time. After {@link #close}, or once
 * the daemon is gone, every method throws.
 */
public final class Context implements AutoCloseable {
    private static final int HEADER_OFFSET_IN_RHF = -1;

    /** Looks before yielding: few where the chip may be waiting for this very CPU. */
    private static final int SPINS = Runtime.getRuntime().availableProcessors() > 2 ? 1000 : 50;

    /**
     * Yields before sleeping: together some tens of microseconds, what a sleep and a wake-up cost.
     */
    private static final int YIELDS = 100;

    /** What a busy daemon may take to answer a poll, even if the caller has less time. */
    private static final long POLL_ANSWER_NS = TimeUnit.MILLISECONDS.toNanos(20);

    /**
     * Base info gives the longest packet; the MTU is what it has for payload. Source: psm
     * ipath_proto.c, pi_mtu.
     */
    private static final int MTU_OVERHEAD_BYTES = 128;

    /**
     * What a send buffer has beside the payload: header, ICRC, software CRC. Source: psm
     * ips_proto.c, ips_proto_init.
     */
    private static final int PIO_OVERHEAD_BYTES = 68;

    /** Payloads of full send buffers are multiples of this. */
    private static final int PIO_PAYLOAD_UNIT = 64;

    private final Device device;
    private final DeviceFile file;
    private final BaseInfo baseInfo;
    private final ContextInfo info;
    private final Address address;
    private final Regions regions;
    private final LaunchMode launch;
    private final PioSender sender;
    private final RcvHdrqReader receiver;
    private final Expected expected;
    private final PinnedRegions pinned;
    private final Direct direct;
    private volatile PollType pollType = PollType.ANY;
    private final AtomicReference<Thread> sending = new AtomicReference<>(); // only with -ea
    private final AtomicReference<Thread> receiving = new AtomicReference<>(); // only with -ea

    private Context(
            Device device,
            ContextInfo info,
            BaseInfo baseInfo,
            int lid,
            Regions regions,
            LaunchMode launch,
            ContextOptions options) {
        this.device = device;
        this.file = device.file();
        this.info = info;
        this.baseInfo = baseInfo;
        this.address = new Address(lid, baseInfo.context());
        this.regions = regions;
        this.launch = launch;
        this.sender = new PioSender(sendSetup(options), new Helper(options));
        this.receiver = new RcvHdrqReader(receiveSetup());
        record(device.recorder());
        this.expected = new Expected(expectedSetup());
        this.pinned = new PinnedRegions(this, file, expected::forget);
        this.direct = new Direct(file);
    }

    /** The device has a context; initialises and maps it. */
    static Context open(Device device, UserInfo user, ContextOptions options, int features) {
        DeviceFile file = device.file();
        ContextInfo info = file.contextInfo();
        BaseInfo baseInfo = file.userInit(user);
        Faults.at(FaultPoint.OPEN_INITIALISED);
        Negotiation.checkVersion(baseInfo);
        LaunchMode launch = Negotiation.launch(options, features, baseInfo);
        int lid = device.inspect().unit(baseInfo.unit()).lid();
        Regions regions = Regions.map(file, baseInfo);
        try {
            Faults.at(FaultPoint.OPEN_MAPPED);
            return new Context(device, info, baseInfo, lid, regions, launch, options);
        } catch (RuntimeException e) {
            regions.close();
            throw e;
        }
    }

    private void record(FlightRecorder recorder) {
        if (recorder != null) {
            PacketTrace trace =
                    new ContextFlight(
                            recorder, baseInfo.unit(), baseInfo.context(), EventLayout.NONE);
            sender.trace(trace);
            receiver.trace(trace);
        }
    }

    private SendSetup sendSetup(ContextOptions options) {
        return new SendSetup(
                regions.pioBuffers(),
                baseInfo.pioalign(),
                baseInfo.pioindex(),
                baseInfo.piocnt(),
                regions.segment(RegionKind.PIOAVAIL),
                has(RuntimeFlags.PIO_REGSWAPPED),
                (int) (baseInfo.status() - baseInfo.pioavailaddr()),
                regions.segment(RegionKind.SENDBUFSTATUS),
                baseInfo.subcontext(),
                launch,
                has(RuntimeFlags.DOORBELL),
                has(RuntimeFlags.FORCE_PIOAVAIL),
                maxPayloadBytes(),
                options.stallFailures(),
                nanos(options.stallReportInterval()),
                System::nanoTime);
    }

    private ReceiveSetup receiveSetup() {
        boolean sequence = has(RuntimeFlags.NODMA_RTAIL);
        return new ReceiveSetup(
                regions.segment(RegionKind.UREGS),
                regions.segment(RegionKind.RCVHDRQ),
                regions.segment(RegionKind.RCVHDRTAIL),
                regions.segment(RegionKind.RCVEGRBUFS),
                baseInfo.rcvhdrCnt(),
                baseInfo.rcvhdrentSize(),
                baseInfo.rhfOffset(),
                sequence ? HEADER_OFFSET_IN_RHF : ChipModel.IBA6120.headerOffsetDwords(),
                baseInfo.tidegrcnt(),
                baseInfo.rcvEgrbufsize(),
                baseInfo.rcvEgrperchunk(),
                baseInfo.rcvEgrchunksize(),
                sequence,
                address.lid(),
                address.context());
    }

    private ExpectedSetup expectedSetup() {
        return new ExpectedSetup(
                new ExpectedHelper(),
                regions.segment(RegionKind.UREGS),
                has(RuntimeFlags.HDRSUPP),
                baseInfo.tidcnt(),
                maxPayloadBytes(),
                has(RuntimeFlags.GATHER));
    }

    /** Where others reach this context. */
    public Address address() {
        return address;
    }

    /** What the driver said when it initialised the context. */
    public BaseInfo baseInfo() {
        return baseInfo;
    }

    /** What the driver said of the assignment. */
    public ContextInfo info() {
        return info;
    }

    /** How packets are launched. */
    public LaunchMode launch() {
        return launch;
    }

    /** The longest payload of one packet. */
    public int maxPayloadBytes() {
        int pio = baseInfo.piosize() - PIO_OVERHEAD_BYTES & -PIO_PAYLOAD_UNIT;
        return Math.min(
                pio, Math.min(baseInfo.mtu() - MTU_OVERHEAD_BYTES, baseInfo.rcvEgrbufsize()));
    }

    /** The memory that is mapped, with what the kernel says of each mapping. Slow: reads smaps. */
    public List<Vma> mappings() {
        checkUsable();
        return Vma.of(regions.mappings());
    }

    /** What this context shares with others, beside the chip. */
    public Direct direct() {
        return direct;
    }

    /** Prepares a peer to send to. */
    public Destination destination(Address to) {
        return destination(to, Bth.DEFAULT_PKEY);
    }

    /**
     * Prepares a peer to send to in a partition of one's own: the receiver must have taken that
     * key.
     *
     * @throws SoftpathException.Refused EINVAL if no chip of this class has such a context
     */
    public Destination destination(Address to, int pkey) {
        ChipModel.Family family = family();
        if (to.context() >= family.maxContexts()) {
            throw SoftpathException.of(
                    Errno.EINVAL,
                    "destination: context="
                            + to.context()
                            + " is outside 0.."
                            + (family.maxContexts() - 1)
                            + " family="
                            + family);
        }
        if (pkey < 0 || pkey > Bth.DEFAULT_PKEY) {
            throw SoftpathException.of(
                    Errno.EINVAL, "destination: pkey=" + pkey + " is outside 0..65535");
        }
        return new Destination(
                to,
                this,
                new HeaderTemplate(
                        family,
                        baseInfo.qpair(),
                        address.lid(),
                        address.context(),
                        to.lid(),
                        to.context(),
                        pkey));
    }

    /**
     * Sends a payload, or says why not now: {@link #send(Destination, int, long, long,
     * MemorySegment, long, int)}.
     */
    public SendResult send(Destination to, byte[] payload) {
        return send(to, 0, 0, 0, MemorySegment.ofArray(payload), 0, payload.length);
    }

    /** Sends what the buffer has remaining, and moves its position behind it if it was sent. */
    public SendResult send(Destination to, ByteBuffer payload) {
        int length = payload.remaining();
        SendResult result = send(to, 0, 0, 0, MemorySegment.ofBuffer(payload), 0, length);
        if (result == SendResult.SENT) {
            payload.position(payload.position() + length);
        }
        return result;
    }

    /** Sends a packet that is a header only: on the other side one cache line. */
    public SendResult send(Destination to, int subOpcode, long data0, long data1) {
        return send(to, 0, subOpcode, data0, data1, MemorySegment.NULL, 0, 0);
    }

    /**
     * Sends one packet, or says why not now. Never waits; while there is a free buffer it makes no
     * system call and allocates nothing. The payload has been copied when this returns.
     *
     * @param subOpcode type of the message for the receiver's program, 0 to 255
     * @param data0 first qword that travels in the header
     * @param data1 second qword that travels in the header
     * @param payload memory that this thread may read
     * @param offset in bytes
     * @param length in bytes, at most {@link #maxPayloadBytes}
     * @throws SoftpathException.Refused EMSGSIZE if the payload is too long, EFAULT if it cannot be
     *     read, EINVAL if the destination is another context's, EBADF after {@link #close}; nothing
     *     was sent
     * @throws SoftpathException.Lost ENOTCONN if the daemon is gone, EIO if the unit has failed
     */
    public SendResult send(
            Destination to,
            int subOpcode,
            long data0,
            long data1,
            MemorySegment payload,
            long offset,
            int length) {
        return send(to, 0, subOpcode, data0, data1, payload, offset, length);
    }

    /** As send, and wakes a receiver that waits for urgent packets only ({@link #pollType}). */
    public SendResult sendUrgent(
            Destination to,
            int subOpcode,
            long data0,
            long data1,
            MemorySegment payload,
            long offset,
            int length) {
        return send(to, IpathHeader.INTR, subOpcode, data0, data1, payload, offset, length);
    }

    /**
     * Sends one packet as a protocol library does: every field of the message header that is the
     * library's is the caller's.
     *
     * @param psn sequence number, 24 bits
     * @param pktFlags packet flags, without what the chip's users set
     * @param flags flags of the message
     * @param commidx how the receiver calls us, the lower 16 bits
     * @param ackSeq what is acknowledged, 24 bits
     * @param hdrDlen bytes of data in the header
     * @param mqHdr class of the message
     * @param withCrc put PSM's checksum behind the payload, which has 8 bytes less then
     * @throws SoftpathException as {@link #send(Destination, int, long, long, MemorySegment, long,
     *     int)}
     */
    public SendResult transmit(
            Destination to,
            int psn,
            int pktFlags,
            int subOpcode,
            int flags,
            int commidx,
            int ackSeq,
            int flowId,
            int hdrDlen,
            int mqHdr,
            long data0,
            long data1,
            MemorySegment payload,
            long offset,
            int length,
            boolean withCrc) {
        checkSend(to);
        assert enter(sending, "send");
        try {
            long message = HeaderTemplate.message(subOpcode, flags, commidx);
            long protocol = to.template().protocol(ackSeq, flowId, hdrDlen, mqHdr);
            return withCrc
                    ? sender.sendChecked(
                            to.template(),
                            psn,
                            pktFlags,
                            message,
                            protocol,
                            data0,
                            data1,
                            payload,
                            offset,
                            length)
                    : sender.sendNumbered(
                            to.template(),
                            psn,
                            pktFlags,
                            message,
                            protocol,
                            data0,
                            data1,
                            payload,
                            offset,
                            length);
        } catch (IllegalStateException e) {
            throw afterClose(e);
        } finally {
            assert leave(sending);
        }
    }

    /**
     * As {@link #transmit}, by TID: the receiver's chip places the payload.
     *
     * @param tid one that the receiver has named, below 512
     * @param pageOffset where in its page, in bytes, a multiple of 4
     * @param length a multiple of 4, inside that page
     */
    public SendResult transmitExpected(
            Destination to,
            int psn,
            int tid,
            int pageOffset,
            int pktFlags,
            int subOpcode,
            int flags,
            int commidx,
            int flowId,
            long data0,
            long data1,
            MemorySegment payload,
            long offset,
            int length) {
        return transmitExpected(
                to,
                psn,
                tid,
                pageOffset,
                pktFlags,
                HeaderTemplate.message(subOpcode, flags, commidx),
                to.template().protocol(0, flowId, 0, 0),
                data0,
                data1,
                payload,
                offset,
                length);
    }

    private SendResult transmitExpected(
            Destination to,
            int psn,
            int tid,
            int pageOffset,
            int pktFlags,
            long message,
            long protocol,
            long data0,
            long data1,
            MemorySegment payload,
            long offset,
            int length) {
        checkSend(to);
        assert enter(sending, "send");
        try {
            return sender.sendExpected(
                    to.template(),
                    psn,
                    tid,
                    pageOffset / Integer.BYTES,
                    pktFlags,
                    message,
                    protocol,
                    data0,
                    data1,
                    payload,
                    offset,
                    length);
        } catch (IllegalStateException e) {
            throw afterClose(e);
        } finally {
            assert leave(sending);
        }
    }

    /**
     * As {@link #transmitExpected}, of packets that the chip makes out of pinned memory by itself:
     * {@link Expected#gathers}.
     *
     * @param psn of the first packet; of the others it follows from that
     * @param pktFlags of all packets, without HDRSUPP
     * @param record a {@link io.softpath.abi.packet.GatherRecord} from its beginning on; not kept
     */
    public SendResult transmitGather(
            Destination to,
            int psn,
            int pktFlags,
            int subOpcode,
            int commidx,
            int flowId,
            long data0,
            long data1,
            MemorySegment record) {
        return transmitGather(
                to,
                psn,
                pktFlags,
                HeaderTemplate.message(subOpcode, 0, commidx),
                to.template().protocol(0, flowId, 0, 0),
                data0,
                data1,
                record);
    }

    private SendResult transmitGather(
            Destination to,
            int psn,
            int pktFlags,
            long message,
            long protocol,
            long data0,
            long data1,
            MemorySegment record) {
        checkSend(to);
        assert enter(sending, "send");
        try {
            return sender.sendGather(
                    to.template(), psn, pktFlags, message, protocol, data0, data1, record);
        } catch (IllegalStateException e) {
            throw afterClose(e);
        } finally {
            assert leave(sending);
        }
    }

    private SendResult send(
            Destination to,
            int pktFlags,
            int subOpcode,
            long data0,
            long data1,
            MemorySegment payload,
            long offset,
            int length) {
        checkSend(to);
        assert enter(sending, "send");
        try {
            return sender.send(
                    to.template(),
                    pktFlags,
                    HeaderTemplate.message(subOpcode, 0, 0),
                    to.protocol(),
                    data0,
                    data1,
                    payload,
                    offset,
                    length);
        } catch (IllegalStateException e) {
            throw afterClose(e);
        } finally {
            assert leave(sending);
        }
    }

    /**
     * Makes memory that the chip can reach. It is charged to this process's limit of locked memory,
     * and closed with the context at the latest.
     *
     * @param bytes at least so many; whole pages are made
     * @throws SoftpathException.Refused EINVAL if {@code bytes} is below 1, EBADF after {@link
     *     #close}
     * @throws SoftpathException.Exhausted ENOMEM if the limit of locked memory is too low, or there
     *     is no memory; the message says what is needed and how to raise the limit
     * @throws SoftpathException.Lost ENOTCONN if the daemon is gone
     */
    public PinnedRegion pin(long bytes) {
        checkUsable();
        return pinned.pin(bytes, false);
    }

    /**
     * As {@link #pin}, and the daemon can let others read it when we ask it to: {@link
     * Direct#grant}. That costs the daemon a descriptor.
     */
    public PinnedRegion pinShareable(long bytes) {
        checkUsable();
        return pinned.pin(bytes, true);
    }

    /** Expected receive: data that goes straight into pinned memory, and sending it. */
    public Expected expected() {
        return expected;
    }

    /**
     * Hands over the packets that have come, at most {@code limit}. Never waits and makes no system
     * call.
     *
     * @param handler called on this thread; what it throws ends the call, the packet is consumed
     * @return how many packets were consumed, good and bad
     * @throws SoftpathException.Refused EBADF after {@link #close}, EDEADLK if a handler calls this
     * @throws SoftpathException.Lost ENOTCONN if the daemon is gone, EIO if the queue is
     *     inconsistent
     */
    public int receive(PacketHandler handler, int limit) {
        checkUsable();
        assert enter(receiving, "receive");
        try {
            return receiver.receive(handler, limit);
        } catch (IllegalStateException e) {
            throw afterClose(e);
        } finally {
            assert leave(receiving);
        }
    }

    /**
     * As {@link #receive(PacketHandler, int)}, but waits for the first packet: looks for a while,
     * then yields, then sleeps until the chip interrupts.
     *
     * @return how many packets were consumed; 0 if none came in time
     */
    public int receive(PacketHandler handler, int limit, Duration timeout) {
        for (int i = 0; i < SPINS + YIELDS; i++) {
            int count = receive(handler, limit);
            if (count > 0) {
                return count;
            }
            if (i < SPINS) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
        long start = System.nanoTime();
        long left = nanos(timeout);
        while (true) {
            boolean woken = await(Duration.ofNanos(left));
            int count = receive(handler, limit);
            left = nanos(timeout) - (System.nanoTime() - start);
            if (count > 0 || !woken || left <= 0) {
                return count;
            }
        }
    }

    /**
     * Sleeps until a packet is there, or what {@link #pollType} says. Returns at once if one is.
     * Not ended by {@link Thread#interrupt}; {@link #close} ends it.
     *
     * @return false if nothing came in time; true may also mean that the chip woke its users
     *     because of an error
     * @throws SoftpathException.Refused EBADF after {@link #close}
     * @throws SoftpathException.Lost ENOTCONN if the daemon is gone or ends meanwhile
     */
    public boolean await(Duration timeout) {
        long start = System.nanoTime();
        checkUsable();
        assert enter(receiving, "await");
        try {
            receiver.flushHeads();
            return packetWaits() || sleep(start, nanos(timeout), null) || packetWaits();
        } catch (IllegalStateException e) {
            throw afterClose(e);
        } finally {
            assert leave(receiving);
        }
    }

    private boolean sleep(long start, long timeoutNs, ControlChannel.Waker waker) {
        Optional<DeviceFile.PollAnswer> polled = file.poll(Math.max(timeoutNs, POLL_ANSWER_NS));
        if (polled.isEmpty()) {
            return false; // the daemon is stopped, not dead
        }
        DeviceFile.PollAnswer answer = polled.get();
        if (answer.ready()) {
            return true;
        }
        if (answer.revents() != 0) {
            throw SoftpathException.of(
                    Errno.EIO,
                    "await: the unit cannot deliver, it is frozen or has failed: revents=0x"
                            + Integer.toHexString(answer.revents())
                            + ": see softpath stat");
        }
        long left = timeoutNs - (System.nanoTime() - start);
        return waker == null
                ? file.awaitInterrupt(answer, left)
                : file.awaitInterrupt(answer, left, waker);
    }

    /** For a thread that sleeps while others may go on receiving. */
    public Sleeper sleeper() {
        checkUsable();
        return new Sleeper(file.waker());
    }

    /**
     * A thread that sleeps until a packet comes, as with {@link #await}, while other threads may
     * send and receive. Before it sleeps somebody who may receive calls {@link #settle}.
     */
    public final class Sleeper implements AutoCloseable {
        private final ControlChannel.Waker waker;

        private Sleeper(ControlChannel.Waker waker) {
            this.waker = waker;
        }

        /**
         * Gives the chip all the room there is, so that it interrupts for what comes from now on.
         * For the receiving thread.
         *
         * @return false if a packet is there already
         */
        public boolean settle() {
            checkUsable();
            assert enter(receiving, "settle");
            try {
                receiver.flushHeads();
                return !packetWaits();
            } catch (IllegalStateException e) {
                throw afterClose(e);
            } finally {
                assert leave(receiving);
            }
        }

        /**
         * Sleeps until the chip interrupts or {@link #wake} is called, for the time given at most.
         * One thread at a time, whether others receive meanwhile or not.
         *
         * @throws SoftpathException as {@link Context#await}
         */
        public void sleep(long timeoutNs) {
            checkUsable();
            try {
                Context.this.sleep(System.nanoTime(), timeoutNs, waker);
            } catch (IllegalStateException e) {
                throw afterClose(e);
            }
        }

        /** Wakes the thread that sleeps, or will. Any thread; cheap if it was woken already. */
        public void wake() {
            waker.ring();
        }

        /** The sleeper has woken and will sleep again; nobody wakes it meanwhile. */
        public void awake() {
            waker.reset();
        }

        @Override
        public void close() {
            waker.close();
        }
    }

    /** Only the driver knows of urgent packets. */
    private boolean packetWaits() {
        return pollType == PollType.ANY && receiver.ready();
    }

    /** What has happened to this context and is not yet acknowledged: {@link UserEvent} bits. */
    public long events() {
        checkUsable();
        try {
            return sender.events();
        } catch (IllegalStateException e) {
            throw afterClose(e);
        }
    }

    /**
     * Acknowledges events. After DISARM_BUFS, which senders acknowledge by themselves, the driver
     * disarms the buffers that the chip found bad, and waits up to 30 s for a link that is down. A
     * packet that is being sent meanwhile may be lost, unless it is launched in line.
     *
     * @throws SoftpathException.Lost ENETDOWN if the link is or was down: the event is set again
     */
    public void ackEvents(long events) {
        checkUsable();
        file.acknowledge(events);
    }

    /**
     * Joins a partition: packets that carry this key are received too.
     *
     * @throws SoftpathException.Refused EINVAL if the key is 0, EEXIST if this context or a
     *     conflicting one has it
     * @throws SoftpathException.Exhausted EBUSY if the context or the chip has no room for another
     *     key
     */
    public void setPartitionKey(int pkey) {
        if (pkey < 0 || pkey > Bth.DEFAULT_PKEY) {
            throw SoftpathException.of(
                    Errno.EINVAL, "setPartitionKey: pkey=" + pkey + " is outside 0..65535");
        }
        checkUsable();
        file.setPartitionKey(pkey);
    }

    /** Lets the chip drop whatever arrives from now on. For the receiving thread. */
    public void stopReceive() {
        checkUsable();
        file.receiveControl(false);
    }

    /**
     * Starts reception with an empty queue: packets that have not been received are forgotten, and
     * expected windows want a restart. For the receiving thread.
     */
    public void startReceive() {
        checkUsable();
        assert enter(receiving, "startReceive");
        try {
            file.receiveControl(false); // only a context that was stopped starts at the beginning
            receiver.restart();
            file.receiveControl(true);
            expected.startOver();
        } catch (IllegalStateException e) {
            throw afterClose(e);
        } finally {
            assert leave(receiving);
        }
    }

    /** What {@link #await} waits for: any packet, or urgent ones only. */
    public void pollType(PollType type) {
        checkUsable();
        file.pollType(type.code());
        pollType = type;
    }

    /** Has the chip write the avail page now (PIOAVAILUPD). */
    public void forceAvailUpdate() {
        checkUsable();
        file.updateAvail();
    }

    /** Has armlaunch errors of the whole chip reported, or not (ARMLAUNCH_CTRL). */
    public void reportArmlaunch(boolean report) {
        checkUsable();
        file.armlaunchControl(report);
    }

    /**
     * What sender and receiver have counted, under PSM's names. Other threads see it a little late.
     */
    public Map<String, Long> statistics() {
        Map<String, Long> named = new LinkedHashMap<>();
        named.put("packets sent", sender.packetCount());
        named.put("bytes sent", sender.byteCount());
        named.put("packets received", receiver.counters().packets());
        named.put("bytes received", receiver.counters().bytes());
        named.put("pio busy count", sender.busyCount());
        named.put("pio stalls", sender.stallCount());
        named.put("doorbells", sender.doorbellCount());
        named.putAll(receiver.counters().byName());
        named.putAll(expected.statistics());
        return named;
    }

    /**
     * Unmaps the memory, pinned regions too, and closes the device: the driver takes a context back
     * only when its file is closed. Packets that were launched still leave.
     *
     * @throws SoftpathException.Exhausted EBUSY if another thread is doing input or output on a
     *     packet's payload: the device is closed, the memory still mapped; close again
     */
    @Override
    public void close() {
        Faults.at(FaultPoint.CLOSE_BEGUN);
        device.close();
        try {
            Faults.at(FaultPoint.CLOSE_DISCONNECTED);
            pinned.closeWithContext();
            Faults.at(FaultPoint.CLOSE_UNPINNED);
        } finally {
            regions.close();
        }
    }

    @Override
    public String toString() {
        return "context " + address + " of " + device;
    }

    private boolean has(int runtimeFlag) {
        return (baseInfo.runtimeFlags() & runtimeFlag) != 0;
    }

    /**
     * The class of its chip, and so of its peers': as PSM derives it, from the flags alone. Source:
     * psm, psmi_get_hca_type.
     */
    public ChipModel.Family family() {
        if (has(RuntimeFlags.HDRSUPP)) {
            return ChipModel.Family.QLE73XX;
        }
        return has(RuntimeFlags.NODMA_RTAIL) ? ChipModel.Family.QLE72XX : ChipModel.Family.QLE71XX;
    }

    boolean isGone() {
        return device.isGone();
    }

    private void checkUsable() {
        if (device.isGone()) {
            throw device.goneException();
        }
    }

    private void checkSend(Destination to) {
        checkUsable();
        if (to.from() != this) {
            throw foreign(to);
        }
    }

    private RuntimeException afterClose(IllegalStateException e) {
        return device.isGone() ? device.goneException() : e;
    }

    private SoftpathException foreign(Destination to) {
        return SoftpathException.of(
                Errno.EINVAL,
                "send: the destination was prepared by another context: destination="
                        + to
                        + " context="
                        + address
                        + " of="
                        + to.from().address);
    }

    private static long nanos(Duration duration) {
        return TimeUnit.NANOSECONDS.convert(duration); // saturates
    }

    private boolean enter(AtomicReference<Thread> owner, String what) {
        Thread other = owner.compareAndExchange(null, Thread.currentThread());
        if (other != null) {
            throw new AssertionError(what + ": two threads at once on " + this + ": also " + other);
        }
        return true;
    }

    private static boolean leave(AtomicReference<Thread> owner) {
        owner.set(null);
        return true;
    }

    /** Carries the sender's wishes to the driver, without waiting for any. */
    private final class Helper implements SendControl {
        private final ContextOptions options;

        Helper(ContextOptions options) {
            this.options = options;
        }

        @Override
        public void ringDoorbell() {
            device.ringDoorbell();
        }

        @Override
        public void requestAvailUpdate() {
            file.postUpdateAvail();
        }

        @Override
        public void acknowledge(long events) {
            file.postAcknowledge(events);
        }

        @Override
        public void reportStall(String report) {
            options.stallReport().accept(address + ": " + report);
        }
    }

    /** Carries the wishes of expected transfers to the driver and to the sender. */
    private final class ExpectedHelper implements ExpectedDriver {
        @Override
        public int[] tidUpdate(long address, int pages) {
            checkUsable();
            return file.tidUpdate(address, pages);
        }

        @Override
        public int[] tidReplace(int[] freed, long address, int pages) {
            checkUsable();
            return file.tidReplace(freed, address, pages);
        }

        /** A driver that is gone, or has seen the device closed, has none left to free. */
        @Override
        public void tidFree(int[] tids) {
            if (device.isGone()) {
                return;
            }
            try {
                file.tidFree(tids);
            } catch (SoftpathException e) {
                if (!device.isGone()) {
                    throw e;
                }
            }
        }

        @Override
        public void checkOwn(PinnedRegion region) {
            checkUsable();
            if (region.context() != Context.this) {
                throw SoftpathException.of(
                        Errno.EINVAL,
                        "expected: the memory was pinned by another context: context="
                                + address
                                + " of="
                                + region.context().address);
            }
        }

        @Override
        public RuntimeException afterClose(IllegalStateException e) {
            return Context.this.afterClose(e);
        }

        @Override
        public SendResult packet(
                Destination to,
                int psn,
                int tid,
                int pageOffset,
                int pktFlags,
                int flags,
                long data0,
                long data1,
                MemorySegment payload,
                long offset,
                int length) {
            return transmitExpected(
                    to,
                    psn,
                    tid,
                    pageOffset,
                    pktFlags,
                    HeaderTemplate.message(MessageHeader.EXPECTED_DATA, flags, 0),
                    to.flowProtocol(),
                    data0,
                    data1,
                    payload,
                    offset,
                    length);
        }

        @Override
        public SendResult gather(
                Destination to, int psn, long data0, long data1, MemorySegment record) {
            return transmitGather(
                    to,
                    psn,
                    0,
                    HeaderTemplate.message(MessageHeader.EXPECTED_DATA, 0, 0),
                    to.flowProtocol(),
                    data0,
                    data1,
                    record);
        }
    }
}

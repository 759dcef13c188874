package io.softpath.fault;

import io.softpath.error.Errno;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A place in the code where a fault can be made to happen. Most are steps of an operation that is
 * done in several: whoever dies there leaves it half done.
 *
 * <p>{@code softpath faults points} lists them; the sentence says when one is passed.
 */
public enum FaultPoint {
    // A user process opens the device.
    OPEN_CONNECTED(Side.USER, "The device is open and has no context."),
    OPEN_ASSIGNED(Side.USER, "The daemon has assigned a context, which is not initialised."),
    OPEN_INITIALISED(Side.USER, "The context is initialised, and nothing of it is mapped."),
    OPEN_MAPPING(Side.USER, "A region of the context is mapped; more are to come."),
    OPEN_MAPPED(Side.USER, "All of the context is mapped; nothing has used it."),
    CONTROL_ASKED(Side.USER, "A request is sent to the daemon, and its answer not read."),

    // It sends packets.
    PIO_CLAIMED(Side.USER, "A PIO buffer is taken, and not a byte of it is written."),
    PIO_HALF_WRITTEN(Side.USER, "Most of the header is in the PIO buffer, no payload, no trigger."),
    PIO_BEFORE_TRIGGER(Side.USER, "The PIO buffer has all but its trigger."),
    PIO_TRIGGERED(Side.USER, "The packet is launched, and the library has not counted it."),

    // It receives packets.
    RECEIVE_FOUND(Side.USER, "A header queue entry is there; nobody has looked into it."),
    RECEIVE_TAKEN(Side.USER, "The packet has been handled; the head is where it was."),
    RECEIVE_BETWEEN_HEADS(Side.USER, "The header head is given back, the eager head is not."),

    // It pins memory and takes TIDs.
    PIN_MADE(Side.USER, "The daemon has made pinned memory, which is not mapped here."),
    PIN_MAPPED(Side.USER, "Pinned memory is mapped; the daemon does not know where."),
    PIN_HELD(Side.USER, "The process holds a new pin."),
    PIN_FREEING(Side.USER, "Pinned memory is about to be given back."),
    TID_GIVEN(Side.USER, "The daemon has given TIDs; the library has not noted them."),
    TID_REPLACING(Side.USER, "TIDs are being freed and new ones not yet asked for."),
    TID_FREEING(Side.USER, "The library has forgotten TIDs that the daemon still has."),

    // It closes.
    CLOSE_BEGUN(Side.USER, "A context is about to be closed."),
    CLOSE_DISCONNECTED(Side.USER, "The daemon is told; all memory is still mapped."),
    CLOSE_UNPINNED(Side.USER, "Pinned memory is unmapped, the regions of the context are not."),

    // Its protocols.
    CONNECT_ASKED(Side.USER, "A connect request is sent."),
    CONNECT_ACCEPTED(Side.USER, "A connect request is accepted and not answered."),
    CONNECT_REPLIED(Side.USER, "A connect reply is sent."),
    CONNECT_ESTABLISHED(Side.USER, "A connect reply has come: messages can be sent."),
    FLOW_SENT(Side.USER, "A packet of a flow is sent; its number is not counted up."),
    FLOW_TAKEN(Side.USER, "The next packet of a flow is taken, and not acknowledged."),
    FLOW_ACK_SENT(Side.USER, "An acknowledgement is sent."),
    FLOW_NAK_SENT(Side.USER, "A NAK is sent: packets are missing."),
    FLOW_WENT_BACK(Side.USER, "A flow went back to send packets again."),
    FLOW_ASKED(Side.USER, "Nobody has answered, and the peer is asked what has come (ERR_CHK)."),
    RENDEZVOUS_ANNOUNCED(Side.USER, "A long message is announced (RTS) and not granted."),
    RENDEZVOUS_CLEARED(Side.USER, "The receiver has asked for a message in packets (CTS)."),
    WINDOW_OPENED(Side.USER, "A TID window is open, and its sender does not know."),
    WINDOW_GRANTED(Side.USER, "A TID window is granted to its sender."),
    WINDOW_SENDING(Side.USER, "A grant has come; nothing of its window is sent."),
    WINDOW_NAK_SENT(Side.USER, "Packets of a TID window are missing; a new generation begins."),
    WINDOW_COMPLETE(Side.USER, "All of a TID window has come; it is not closed."),
    WINDOW_RELEASED(Side.USER, "All of a TID window is acknowledged, its release is sent."),
    DISCONNECT_ASKED(Side.USER, "A disconnect request is sent."),
    DISCONNECT_ANSWERED(Side.USER, "A disconnect reply is sent."),
    DISCONNECT_DONE(Side.USER, "A disconnect reply has come."),

    // Its direct path.
    DIRECT_OPENED(Side.USER, "One side has the memory of a pair; it does not listen."),
    DIRECT_LISTENING(Side.USER, "One side listens to what the other writes."),
    DIRECT_CLAIMED(Side.USER, "Room is claimed and the record written; it is not committed."),
    DIRECT_RING_COMMITTED(
            Side.USER, "A record in the ring is committed; its slot does not say so."),
    DIRECT_COMMITTED(Side.USER, "A record is there for the peer; its writer has not counted it."),
    DIRECT_TAKEN(Side.USER, "A record is taken; its writer is not told that there is room."),
    DIRECT_COPIED(Side.USER, "A message is copied out of the peer's memory; the peer is not told."),
    DIRECT_UNLISTENED(
            Side.USER, "One side listens no longer; it still has the memory of the pair."),

    // The chip sends.
    CHIP_LAUNCH_TAKEN(Side.DAEMON, "The chip has seen a launch and not looked at the packet."),
    CHIP_PACKET_LEFT(Side.DAEMON, "A packet has left; its PIO buffer is still busy."),
    CHIP_GATHERING(Side.DAEMON, "Some packets of a gather have left, and others may not have."),
    CHIP_AVAIL_COPYING(Side.DAEMON, "One qword of the avail page is written; others may not be."),
    CHIP_CLOSING(Side.DAEMON, "A context closes: launched packets left, its buffers are not free."),

    // The chip receives.
    CHIP_PAYLOAD_PLACED(Side.DAEMON, "A payload is in its eager buffer; no entry tells of it."),
    CHIP_TID_STORED(Side.DAEMON, "A payload is in pinned memory; no entry tells of it."),
    CHIP_BEFORE_RHF(Side.DAEMON, "Payload and header are written; the RHF is not."),
    CHIP_RHF_WRITTEN(Side.DAEMON, "The RHF is written; the tail is not."),
    CHIP_TAIL_SHOWN(Side.DAEMON, "The tail is written; nobody is woken."),

    // The daemon as the driver.
    DAEMON_CLAIMED(Side.DAEMON, "A daemon has the run directory, and no socket."),
    DAEMON_LISTENING(Side.DAEMON, "A socket of the daemon listens; others may not."),
    DAEMON_ACCEPTED(Side.DAEMON, "A connection is accepted, and not yet a file."),
    DAEMON_REQUEST_READ(Side.DAEMON, "A request is read, and nothing is done about it."),
    DAEMON_BEFORE_ANSWER(Side.DAEMON, "A request is carried out, and not answered."),
    DAEMON_ANSWERED(Side.DAEMON, "A request is answered."),
    DAEMON_ASSIGNED(Side.DAEMON, "A context is assigned; its user does not know."),
    DAEMON_REGIONS_MADE(Side.DAEMON, "The memory of a context is made; its chip does not know."),
    DAEMON_MAPPED(Side.DAEMON, "A mapping is granted and noted; its user has no descriptor."),
    DAEMON_MEMORY_MADE(Side.DAEMON, "Memory for the chip is made and charged, and has no handle."),
    DAEMON_TID_ENTERED(Side.DAEMON, "A TID is in the chip and not charged; others may follow."),
    DAEMON_TID_UPDATED(Side.DAEMON, "All pages of a request are pinned; their user does not know."),
    DAEMON_TID_LEFT(Side.DAEMON, "A TID is out of the chip; its page is still pinned."),
    DAEMON_DIRECT_MADE(Side.DAEMON, "The memory of a pair is made; one of the two has asked."),
    DAEMON_DIRECT_JOINED(Side.DAEMON, "Both of a pair have asked; the second has no answer."),
    DAEMON_CLOSE_BEGUN(Side.DAEMON, "A file is closed, or its process dead; it has all it had."),
    DAEMON_CLOSE_CHIP(Side.DAEMON, "The chip has forgotten a context; its memory is there."),
    DAEMON_STOPPING(Side.DAEMON, "The daemon stops: connections are closed, units are not."),

    // What the chip may do wrong.
    CHIP_STUCK_BUFFER(
            Side.DAEMON, Kind.BREAK, "A packet leaves: its PIO buffer stays busy until disarmed."),
    CHIP_LOST_AVAIL(
            Side.DAEMON, Kind.BREAK, "The avail page is due: users do not get to see this one."),
    CHIP_PARITY(
            Side.DAEMON,
            Kind.BREAK,
            "A packet is read from a PIO buffer: parity error, and the chip freezes for so long."),
    CHIP_HEADER_QUEUE_FULL(
            Side.DAEMON, Kind.BREAK, "An entry is needed: the header queue is taken for full."),
    CHIP_EAGER_EXHAUSTED(Side.DAEMON, Kind.BREAK, "An eager buffer is needed: there is none."),

    // What the link may do wrong.
    LINK_DOWN(
            Side.DAEMON, Kind.BREAK, "A packet leaves: behind it the link goes down for so long."),
    LINK_DROP(Side.DAEMON, Kind.BREAK, "A packet is on the link: it is lost."),
    LINK_DUPLICATE(Side.DAEMON, Kind.BREAK, "A packet is on the link: it comes twice."),
    LINK_REORDER(Side.DAEMON, Kind.BREAK, "A packet is on the link: it is overtaken."),
    LINK_CORRUPT(Side.DAEMON, Kind.BREAK, "A packet is on the link: it comes with a wrong CRC."),
    LINK_DELAY(Side.DAEMON, Kind.BREAK, "A packet is on the link: it takes so long, else 1 ms."),

    // Calls that may fail.
    PIN_REGISTER(
            Side.DAEMON, Kind.CALL, "Memory for the chip is asked for (MEM_CREATE).", Errno.ENOMEM),
    PIN_PAGES(Side.DAEMON, Kind.CALL, "Pages are to be pinned (TID_UPDATE).", Errno.ENOMEM),
    MEMORY_CREATE(
            Side.BOTH,
            Kind.CALL,
            "A file in memory is made (memfd_create).",
            Errno.EMFILE,
            Errno.ENFILE,
            Errno.ENOMEM),
    MEMORY_SIZE(
            Side.BOTH,
            Kind.CALL,
            "A file in memory gets its length (ftruncate): ENOSPC when it is full.",
            Errno.ENOSPC,
            Errno.ENOMEM),
    MEMORY_MAP(Side.BOTH, Kind.CALL, "A file in memory is mapped (mmap).", Errno.ENOMEM),
    MEMORY_LOCK(
            Side.BOTH,
            Kind.CALL,
            "A mapping is locked in memory (mlock2); it goes on without.",
            Errno.ENOMEM,
            Errno.EAGAIN,
            Errno.EPERM),
    SOCKET_CREATE(
            Side.BOTH,
            Kind.CALL,
            "A socket is made, to connect or to listen.",
            Errno.EMFILE,
            Errno.ENFILE,
            Errno.ENOMEM),
    SOCKET_ACCEPT(
            Side.DAEMON,
            Kind.CALL,
            "A connection is accepted.",
            Errno.EMFILE,
            Errno.ENFILE,
            Errno.ENOMEM,
            Errno.EINTR),
    SOCKET_SEND(Side.BOTH, Kind.CALL, "A record is sent (sendmsg).", Errno.EINTR, Errno.EAGAIN),
    SOCKET_RECEIVE(Side.BOTH, Kind.CALL, "A record is received (recvmsg).", Errno.EINTR),
    WAIT_POLL(Side.BOTH, Kind.CALL, "A process waits for descriptors (ppoll).", Errno.EINTR),
    WAIT_EPOLL(Side.BOTH, Kind.CALL, "The daemon waits for clients (epoll).", Errno.EINTR),
    EVENT_CREATE(
            Side.BOTH,
            Kind.CALL,
            "A descriptor to wake somebody is made (eventfd).",
            Errno.EMFILE,
            Errno.ENFILE,
            Errno.ENOMEM);

    private static final Map<String, FaultPoint> BY_LABEL = new HashMap<>();

    static {
        for (FaultPoint each : values()) {
            BY_LABEL.put(each.label, each);
        }
    }

    private final String label;
    private final Side side;
    private final Kind kind;
    private final String when;

    @SuppressWarnings("ImmutableEnumChecker") // List.of
    private final List<Errno> errnos;

    /** Whose code a point is in. */
    public enum Side {
        /** The library, and so a user process. */
        USER,
        /** The daemon. */
        DAEMON,
        /** What both are built on. */
        BOTH;

        /** As people write it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What can happen at a point. */
    public enum Kind {
        /** Whoever passes it may be killed or stopped. */
        STEP,
        /** A call that may fail. */
        CALL,
        /** Something that may break. */
        BREAK;

        /** As people write it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    FaultPoint(Side side, String when) {
        this(side, Kind.STEP, when);
    }

    FaultPoint(Side side, Kind kind, String when, Errno... errnos) {
        int first = name().indexOf('_');
        label =
                (name().substring(0, first) + "." + name().substring(first + 1).replace('_', '-'))
                        .toLowerCase(Locale.ROOT);
        this.side = side;
        this.kind = kind;
        this.when = when;
        this.errnos = List.of(errnos);
    }

    /**
     * The point of that label.
     *
     * @throws IllegalArgumentException naming what is near to it
     */
    public static FaultPoint named(String label) {
        FaultPoint point = BY_LABEL.get(label);
        if (point == null) {
            throw new IllegalArgumentException(
                    "faults: there is no point \""
                            + label
                            + "\""
                            + Nearest.hint(label, BY_LABEL.keySet())
                            + "; softpath faults points lists them");
        }
        return point;
    }

    /** What it is called in plans: its subject, a dot, and what about it. */
    public String label() {
        return label;
    }

    public Side side() {
        return side;
    }

    public Kind kind() {
        return kind;
    }

    /** When it is passed: a sentence. */
    public String when() {
        return when;
    }

    /** What the call there may fail with; none if it is no call. */
    public List<Errno> errnos() {
        return errnos;
    }

    /** Whether that can happen there. */
    public boolean allows(FaultAction action) {
        return switch (action) {
            case FaultAction.Kill _, FaultAction.Stop _ -> kind == Kind.STEP;
            case FaultAction.Fail fail -> errnos.contains(fail.errno());
            case FaultAction.Strike _ -> kind == Kind.BREAK;
        };
    }

    /** What can happen there, as people write it. */
    public String actions() {
        return switch (kind) {
            case STEP -> "kill or stop:TIME";
            case CALL -> String.join(" or ", errnos.stream().map(Errno::name).toList());
            case BREAK -> "strike or strike:TIME";
        };
    }

    /** Those of a kind. */
    public static List<FaultPoint> of(Kind kind) {
        List<FaultPoint> all = new ArrayList<>();
        Stream.of(values()).filter(each -> each.kind == kind).forEach(all::add);
        return Collections.unmodifiableList(all);
    }

    @Override
    public String toString() {
        return label;
    }
}

package io.softpath.psm.engine;

import io.softpath.abi.psm.AmHeader;
import io.softpath.abi.psm.PsmError;
import io.softpath.abi.psm.SubOpcode;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Objects;

/**
 * Active messages: each names the handler that is to be called with it at the other end. Handlers
 * are called as messages come, and may reply.
 *
 * <p>A request is taken only if there is room for the reply to it, and replies need nothing to be
 * taken, so that two endpoints that do nothing but send each other requests go on. Source: psm,
 * psm_am.c and ips_proto_am.c.
 */
public final class ActiveMessageEngine {
    /** Flag: the payload is not copied and must not change until the message has arrived. */
    public static final int ASYNC = 1;

    /** Flag of a request: its handler does not reply. */
    public static final int NO_REPLY = 2;

    private static final ValueLayout.OfLong LE64 =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Replies to one peer that have not arrived; more than the credits of a flow. */
    private static final int REPLIES = 2 * Flow.MAX_CREDITS;

    private final EngineSettings settings;
    private final EngineCounters counters;
    private final Thrown thrown;
    private final ActiveHandler[] handlers = new ActiveHandler[AmHeader.HANDLERS];
    private final ActiveMessage message = new ActiveMessage(this);
    private final MemorySegment tiny =
            Arena.ofAuto().allocate((long) AmHeader.HEADER_ARGS * Long.BYTES, Long.BYTES);
    private final ArrayDeque<ActiveSend> free = new ArrayDeque<>();

    /** Those that are over and whose sender wants to be told. */
    private final ArrayDeque<ActiveSend> toTell = new ArrayDeque<>();

    /** To ourselves. */
    private final ArrayDeque<ActiveSend> own = new ArrayDeque<>();

    private int handlerCount;
    private int requests;
    private boolean delivering;

    ActiveMessageEngine(EngineSettings settings, EngineCounters counters, Thrown thrown) {
        this.settings = settings;
        this.thrown = thrown;
        this.counters = counters;
    }

    /**
     * Takes the next free number for a handler: the first is 0, and so on. Both ends of a job that
     * register the same handlers in the same order call them by the same numbers.
     *
     * @throws SoftpathException.Exhausted ENOSPC if all are taken
     */
    public int register(ActiveHandler handler) {
        if (handlerCount == handlers.length) {
            throw SoftpathException.of(
                    Errno.ENOSPC,
                    "active messages: handlers="
                            + handlerCount
                            + " are registered, that is the maximum: tell more kinds of messages"
                            + " apart by an argument");
        }
        handlers[handlerCount] = Objects.requireNonNull(handler);
        return handlerCount++;
    }

    /** Whether a handler is being called: then nobody may wait or make progress. */
    public boolean isDelivering() {
        return delivering;
    }

    /** Bytes of data that a message to this peer can have beside so many arguments. */
    public int maxBytes(Peer to, int args) {
        return to.fragmentBytes - AmHeader.argBytesInPayload(args);
    }

    /** Whether there is room for another request. */
    public boolean hasRoom() {
        return requests < settings.sendBuffers();
    }

    /** Requests that have not arrived. */
    public int requestsInUse() {
        return requests;
    }

    /**
     * Sends a request, or says that there is no room for another one now.
     *
     * @param handler of the receiver's handlers
     * @param args 7 at most
     * @param flags {@link #ASYNC}, {@link #NO_REPLY}
     * @param completion told when it has arrived; or null
     * @return false if there is no room: some have to arrive first
     * @throws SoftpathException.Lost ENOTCONN if the peer is not connected, or is gone
     * @throws SoftpathException.Refused EINVAL if a number is out of bounds, EMSGSIZE if the data
     *     is too long
     */
    public boolean request(
            Peer to,
            int handler,
            long[] args,
            MemorySegment data,
            long at,
            int bytes,
            int flags,
            ActiveCompletion completion,
            Object context) {
        if (!to.isConnected()) {
            throw to.notConnected("active message");
        }
        check("flags", flags, ASYNC | NO_REPLY);
        checkMessage(to, handler, args, data, at, bytes);
        if (!hasRoom()) {
            return false;
        }
        int kind = (flags & NO_REPLY) != 0 ? SubOpcode.AM_REQUEST_NOREPLY : SubOpcode.AM_REQUEST;
        send(to, kind, handler, args, data, at, bytes, flags, completion, context);
        return true;
    }

    void reply(
            Peer to,
            int handler,
            long[] args,
            MemorySegment data,
            long at,
            int bytes,
            int flags,
            ActiveCompletion completion,
            Object context) {
        check("flags", flags, ASYNC);
        checkMessage(to, handler, args, data, at, bytes);
        send(to, SubOpcode.AM_REPLY, handler, args, data, at, bytes, flags, completion, context);
    }

    private void send(
            Peer to,
            int kind,
            int handler,
            long[] args,
            MemorySegment data,
            long at,
            int bytes,
            int flags,
            ActiveCompletion completion,
            Object context) {
        ActiveSend spare = free.peek();
        ActiveSend send = spare == null ? new ActiveSend() : spare;
        send.compose(
                kind, handler, args, data, at, bytes, (flags & ASYNC) != 0, settings.mtuBytes());
        free.poll(); // it could read the data, so there is a message
        if (send.isReply()) {
            to.replies++;
        } else {
            requests++;
        }
        send.peer = to;
        send.completion = completion;
        send.context = context;
        counters.activeSent++;
        if (to.failure != null) {
            over(send, to.failure); // of a reply: nobody is there to take it
            return;
        }
        to.path.send(send);
    }

    private void checkMessage(
            Peer to, int handler, long[] args, MemorySegment data, long at, int bytes) {
        check("handler", handler, AmHeader.HANDLERS - 1);
        check("args", args.length, AmHeader.MAX_ARGS);
        int most = maxBytes(to, args.length);
        if (bytes > most) {
            throw SoftpathException.of(
                    Errno.EMSGSIZE,
                    "active message: bytes="
                            + bytes
                            + " args="
                            + args.length
                            + ": beside so many arguments peer="
                            + to
                            + " takes "
                            + most
                            + ": send several, or a message with a tag");
        }
        if (bytes < 0 || at < 0 || at > data.byteSize() - bytes) {
            throw SoftpathException.of(
                    Errno.EINVAL,
                    "active message: offset="
                            + at
                            + " bytes="
                            + bytes
                            + " is not inside the buffer, bytes="
                            + data.byteSize());
        }
    }

    private static void check(String name, int value, int most) {
        if (value < 0 || value > most) {
            throw SoftpathException.of(
                    Errno.EINVAL,
                    "active message: " + name + "=" + value + " is outside 0.." + most);
        }
    }

    // What paths tell.

    /** Whether a request of this peer can be taken: there is room for the reply to it. */
    boolean hasRoomForReply(Peer peer) {
        if (peer.replies < REPLIES) {
            return true;
        }
        counters.noReplyBuffer++;
        return false;
    }

    /**
     * A message is here, the next one of its kind from this peer; calls its handler. A request that
     * may be replied to only after {@link #hasRoomForReply}. What it says is not to be trusted.
     *
     * @param payload arguments, data and {@code hdrDlen} bytes of padding; or nothing if tiny
     */
    void arrived(
            Peer peer,
            int subOpcode,
            int amHeader,
            int hdrDlen,
            long data0,
            long data1,
            MemorySegment payload,
            long offset,
            int length) {
        int args = AmHeader.args(amHeader);
        boolean isTiny = AmHeader.isTiny(amHeader);
        int before = AmHeader.argBytesInPayload(args);
        int bytes = isTiny ? hdrDlen : length - before - hdrDlen;
        if (bytes < 0
                || isTiny
                        && (args > AmHeader.HEADER_ARGS
                                || bytes > AmHeader.dataBytesInHeader(args))) {
            counters.malformed++;
            return;
        }
        ActiveHandler handler = handlers[AmHeader.handler(amHeader)];
        if (handler == null) {
            counters.noHandler++;
            return;
        }
        message.begin(peer, subOpcode == SubOpcode.AM_REQUEST, args);
        if (args > 0) {
            message.arg(0, data0);
        }
        if (args > 1) {
            message.arg(1, data1);
        }
        for (int i = AmHeader.HEADER_ARGS; i < args; i++) {
            message.arg(
                    i, payload.get(LE64, offset + (long) (i - AmHeader.HEADER_ARGS) * Long.BYTES));
        }
        if (isTiny) {
            tiny.set(LE64, 0, data0);
            tiny.set(LE64, Long.BYTES, data1);
            message.payload(tiny, (long) args * Long.BYTES, bytes);
        } else {
            message.payload(payload, offset + before, bytes);
        }
        counters.activeReceived++;
        call(handler);
    }

    private void call(ActiveHandler handler) {
        delivering = true;
        try {
            handler.onMessage(message);
        } catch (RuntimeException e) {
            thrown.keep(e);
        } finally {
            delivering = false;
            message.end();
        }
    }

    /** A message has arrived at its peer, or never will. */
    void over(ActiveSend send, PsmError outcome) {
        if (send.isReply()) {
            send.peer.replies--;
            if (outcome == PsmError.OK) {
                send.peer.path.roomForReply();
            }
        } else {
            requests--;
        }
        send.outcome = outcome;
        if (send.completion == null) {
            recycle(send);
        } else {
            toTell.add(send);
        }
    }

    private void recycle(ActiveSend send) {
        send.clear();
        free.push(send);
    }

    void toSelf(ActiveSend send) {
        own.add(send);
    }

    // Within progress.

    /** Whether {@link #handOver} has something to do. */
    boolean hasToDo() {
        return !own.isEmpty() || !toTell.isEmpty();
    }

    /**
     * Calls the handlers of what was sent to ourselves, and whoever wants to know that a message
     * has arrived. What that gives rise to has to wait.
     *
     * @return how many were called
     */
    int handOver() {
        int messages = own.size();
        for (int i = 0; i < messages; i++) {
            ActiveSend send = own.poll();
            arrived(
                    send.peer,
                    send.subOpcode,
                    send.amHeader,
                    send.hdrDlen,
                    send.data0,
                    send.data1,
                    send.payload,
                    send.offset,
                    send.length);
            over(send, PsmError.OK);
        }
        int ended = toTell.size();
        for (int i = 0; i < ended && !toTell.isEmpty(); i++) {
            tell(toTell.poll());
        }
        return messages + ended;
    }

    private void tell(ActiveSend send) {
        ActiveCompletion completion = send.completion;
        Object context = send.context;
        PsmError outcome = send.outcome;
        recycle(send);
        try {
            completion.onComplete(outcome, context);
        } catch (RuntimeException e) {
            thrown.keep(e);
        }
    }
}

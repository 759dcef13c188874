package io.softpath.psm.engine;

import io.softpath.abi.psm.AmHeader;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import java.lang.foreign.MemorySegment;

/**
 * An active message, as its handler sees it, and the way to reply to it: PSM's token. Reused, so
 * valid only until the handler returns.
 */
public final class ActiveMessage {
    private static final long[] NO_ARGS = {};

    private final ActiveMessageEngine engine;
    private final long[] args = new long[AmHeader.MAX_ARGS];
    private int argCount;
    private Peer peer;
    private MemorySegment payload;
    private long offset;
    private int length;
    private boolean current;
    private boolean mayReply;

    ActiveMessage(ActiveMessageEngine engine) {
        this.engine = engine;
    }

    void begin(Peer from, boolean wantsReply, int count) {
        peer = from;
        mayReply = wantsReply;
        argCount = count;
        current = true;
    }

    void arg(int index, long value) {
        args[index] = value;
    }

    void payload(MemorySegment segment, long at, int bytes) {
        payload = segment;
        offset = at;
        length = bytes;
    }

    void end() {
        current = false;
        mayReply = false;
        payload = MemorySegment.NULL;
        length = 0;
        peer = null;
    }

    /** Who has sent it. */
    public Peer peer() {
        return peer;
    }

    /** How many arguments came with it. */
    public int argCount() {
        return argCount;
    }

    /**
     * One of them, in the number that the sender has passed.
     *
     * @throws IndexOutOfBoundsException if there is none with that index
     */
    public long arg(int index) {
        if (index < 0 || index >= argCount) {
            throw new IndexOutOfBoundsException(
                    "active message: argument=" + index + " is outside 0.." + (argCount - 1));
        }
        return args[index];
    }

    /** Where its payload is, {@link #payloadLength} bytes at {@link #payloadOffset}. */
    public MemorySegment payload() {
        return payload;
    }

    public long payloadOffset() {
        return offset;
    }

    /** Bytes of its payload. */
    public int payloadLength() {
        return length;
    }

    /**
     * Whether {@link #reply} is still possible: to a request, once, unless the sender forbids it.
     */
    public boolean mayReply() {
        return mayReply;
    }

    /** Replies without a payload. */
    public void reply(int handler, long... arguments) {
        reply(handler, arguments, MemorySegment.NULL, 0, 0, 0, null, null);
    }

    /** Replies with a payload, which is copied. */
    public void reply(int handler, MemorySegment data, long at, int bytes) {
        reply(handler, NO_ARGS, data, at, bytes, 0, null, null);
    }

    /**
     * Replies. There always is room for one reply to each request.
     *
     * @param handler of the requester's handlers
     * @param flags {@link ActiveMessageEngine#ASYNC} or 0
     * @param completion told when the reply has arrived; or null
     * @throws SoftpathException.Refused EINVAL if this is no request, wants no reply, or has had
     *     it, if its handler has returned, or if a number is out of bounds; EMSGSIZE if the data is
     *     too long. Nothing is sent
     */
    public void reply(
            int handler,
            long[] arguments,
            MemorySegment data,
            long at,
            int bytes,
            int flags,
            ActiveCompletion completion,
            Object context) {
        if (!mayReply) {
            throw SoftpathException.of(
                    Errno.EINVAL,
                    current
                            ? "reply: peer="
                                    + peer
                                    + " takes none: the message is a reply, or was sent with"
                                    + " NO_REPLY, or has had its reply"
                            : "reply: the handler has returned, reply within it");
        }
        engine.reply(peer, handler, arguments, data, at, bytes, flags, completion, context);
        mayReply = false;
    }
}

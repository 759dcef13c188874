package io.softpath.psm.engine;

import io.softpath.abi.psm.PsmError;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A send or a receive under way. Reused: whoever has been told that it is complete gives it back
 * with {@link MessageEngine#release} and must not look at it any more.
 */
public final class Request extends Matchable {
    /**
     * What is to be done when a request is complete: within {@code progress}, by whoever calls
     * that. What it throws, {@code progress} throws when all else is done.
     */
    @FunctionalInterface
    public interface Completion {
        /** The request is released afterwards, unless this says true: then its owner does it. */
        boolean onComplete(Request request);
    }

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Request.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    static final int FREE = 0;
    static final int WAITS = 1;
    static final int RUNS = 2;
    static final int COMPLETE = 3;

    int state;
    boolean isSend;
    MemorySegment buffer;
    long offset;
    int length;

    /** Who sends to us, or whom we send to; of no meaning as long as nobody has matched. */
    Peer peer;

    /** Bytes of the message, which may be more than the buffer has room for. */
    int messageLength;

    /** Bytes that have come, or that the peer has acknowledged. */
    int done;

    /** Bytes of them that are wanted. */
    int wanted;

    /** Of a send: how many grants of TIDs have come for it, and for how many bytes. */
    int grants;

    int granted;

    PsmError error;
    Object context;
    Completion completion;

    /** Which message of its pair it is. */
    int number;

    /** The id of a long message, in the sender's numbers. */
    int messageId;

    /** Its number in the engine's table while the peer refers to it by number; else -1. */
    int index = -1;

    Request() {}

    /** Release store: whoever sees that it is complete sees its outcome and its bytes too. */
    void complete(PsmError outcome) {
        if (error != outcome) {
            error = outcome;
        }
        STATE.setRelease(this, COMPLETE);
    }

    /** Any thread may ask; acquire load. */
    public boolean isComplete() {
        return (int) STATE.getAcquire(this) == COMPLETE;
    }

    /** How it went, when it is complete; {@link PsmError#MQ_INCOMPLETE} before. */
    public PsmError error() {
        return isComplete() ? error : PsmError.MQ_INCOMPLETE;
    }

    /** The tag of the message. */
    public long tag() {
        return tag;
    }

    /** Bytes of the message; more than {@link #bytes} if it was truncated. */
    public int messageLength() {
        return messageLength;
    }

    /** Bytes in the receiver's buffer. */
    public int bytes() {
        return Math.min(messageLength, length);
    }

    /** What the caller gave along. */
    public Object context() {
        return context;
    }

    /** Who has sent a message that was received; null before. */
    public Peer peer() {
        return state == WAITS ? null : peer;
    }

    void peer(Peer newPeer) {
        if (peer != newPeer) {
            peer = newPeer;
        }
    }
}

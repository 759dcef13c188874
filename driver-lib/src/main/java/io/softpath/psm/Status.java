package io.softpath.psm;

import io.softpath.abi.psm.PsmError;
import io.softpath.psm.engine.Peer;
import io.softpath.psm.engine.Request;

/**
 * How a request went. Reused: make one, and have it filled in again and again. Source: psm_mq.h,
 * struct psm_mq_status.
 */
public final class Status {
    private PsmError error = PsmError.MQ_INCOMPLETE;
    private long tag;
    private int messageLength;
    private int bytes;
    private Peer peer;
    private Object context;

    /** A store of a reference is dear beside a look, and most of the time it is the same one. */
    void set(Request request) {
        PsmError newError = request.error();
        if (error != newError) {
            error = newError;
        }
        tag = request.tag();
        messageLength = request.messageLength();
        bytes = request.bytes();
        Peer newPeer = request.peer();
        if (peer != newPeer) {
            peer = newPeer;
        }
        Object newContext = request.context();
        if (context != null || newContext != null) {
            context = newContext;
        }
    }

    void probed(long newTag, int newLength) {
        error = PsmError.OK;
        tag = newTag;
        messageLength = newLength;
        bytes = newLength;
        peer = null;
        context = null;
    }

    /** {@link PsmError#OK}, or what was wrong. */
    public PsmError error() {
        return error;
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
        return bytes;
    }

    /** Whom the message came from, or went to; null of a probe. */
    public Peer peer() {
        return peer;
    }

    /** What was given along with the request. */
    public Object context() {
        return context;
    }

    @Override
    public String toString() {
        return String.format(
                "error=%s tag=0x%x messageLength=%d bytes=%d peer=%s",
                error, tag, messageLength, bytes, peer);
    }
}

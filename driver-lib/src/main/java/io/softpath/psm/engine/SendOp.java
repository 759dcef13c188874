package io.softpath.psm.engine;

import java.lang.foreign.MemorySegment;

/**
 * Something to send to a peer, in one packet or many, which are made when there is room for them.
 * Reused.
 */
final class SendOp {
    /** The class of its first packet, {@link io.softpath.abi.psm.MqClass}. */
    int mqClass;

    /** The send that it belongs to; null if nobody waits for it. */
    Request request;

    /** The active message that it is, if it is one. */
    ActiveSend active;

    /** The window whose odd bytes it brings; null if it is something else. */
    TidSend odd;

    MemorySegment buffer;
    long offset;
    int length;

    /** Bytes that packets were made of. */
    int made;

    /** Packets were made, so that what comes now continues. */
    boolean started;

    long data0;
    long data1;
    SendOp next;

    void clear() {
        request = null;
        active = null;
        odd = null;
        buffer = null;
        offset = 0;
        length = 0;
        made = 0;
        started = false;
        data0 = 0;
        data1 = 0;
        next = null;
    }
}

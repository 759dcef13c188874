package io.softpath.psm.engine;

import io.softpath.abi.psm.AmHeader;
import io.softpath.abi.psm.PsmError;
import io.softpath.abi.psm.SubOpcode;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * An active message on its way, in PSM's form, until it has arrived: {@link AmHeader}, two qwords,
 * a payload. Reused; it has a buffer of its own for what must be kept.
 */
final class ActiveSend {
    private static final ValueLayout.OfLong LE64 =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    Peer peer;

    /** {@link SubOpcode#AM_REQUEST} and its neighbours. */
    int subOpcode;

    int amHeader;

    /** Bytes of data in {@link #data0} and {@link #data1}. */
    int hdrDlen;

    long data0;
    long data1;

    /** Arguments that have no place in the header, and the data. */
    MemorySegment payload = MemorySegment.NULL;

    long offset;
    int length;

    /** Somebody waits until it has arrived, if only for the buffer. */
    ActiveCompletion completion;

    Object context;

    /** When it is over: how it went. */
    PsmError outcome;

    /** Behind it in a queue. */
    ActiveSend next;

    private MemorySegment kept;

    boolean isReply() {
        return subOpcode == SubOpcode.AM_REPLY;
    }

    /**
     * Takes the message in. The data stays where it is, and must, if {@code async} and if it goes
     * alone into the payload.
     *
     * @param most bytes of payload that a packet can have
     */
    void compose(
            int kind,
            int handler,
            long[] args,
            MemorySegment data,
            long at,
            int bytes,
            boolean async,
            int most) {
        subOpcode = kind;
        data0 = args.length > 0 ? args[0] : 0;
        data1 = args.length > 1 ? args[1] : 0;
        boolean tiny = bytes <= AmHeader.dataBytesInHeader(args.length) && args.length <= 2;
        amHeader = AmHeader.of(handler, args.length, tiny ? AmHeader.TINY : 0);
        hdrDlen = tiny ? bytes : 0;
        if (tiny) {
            int inFirst = args.length == 0 ? Math.min(bytes, Long.BYTES) : 0;
            data0 |= load(data, at, inFirst);
            data1 |= load(data, at + inFirst, bytes - inFirst);
            length = 0;
            return;
        }
        int before = AmHeader.argBytesInPayload(args.length);
        length = before + bytes;
        if (async && before == 0) {
            payload = data;
            offset = at;
            return;
        }
        if (kept == null) {
            kept = MemorySegment.ofArray(new byte[most]);
        }
        for (int i = AmHeader.HEADER_ARGS; i < args.length; i++) {
            kept.set(LE64, (long) (i - AmHeader.HEADER_ARGS) * Long.BYTES, args[i]);
        }
        MemorySegment.copy(data, at, kept, before, bytes);
        payload = kept;
        offset = 0;
    }

    static long load(MemorySegment data, long at, int bytes) {
        if (bytes == Long.BYTES) {
            return data.get(LE64, at);
        }
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (data.get(ValueLayout.JAVA_BYTE, at + i) & 0xFFL) << i * Byte.SIZE;
        }
        return value;
    }

    void clear() {
        peer = null;
        payload = MemorySegment.NULL;
        completion = null;
        context = null;
        outcome = null;
        next = null;
    }
}

package io.softpath.psm.engine;

import io.softpath.abi.psm.PsmError;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Receives and messages, and how they find each other; whichever {@link Path} messages come by.
 *
 * <p>Messages from one peer match in the order in which they were sent. A receive takes the first
 * message that matches, in the order in which they came; a message takes the first receive that
 * takes it, in the order in which they were posted. Source: psm, psm_mq.c and psm_mq_recv.c.
 */
final class Matching {
    private static final ValueLayout.OfLong QWORD = ValueLayout.JAVA_LONG_UNALIGNED;

    private final EngineSettings settings;
    private final EngineCounters counters;
    private final Requests requests;
    private final MatchList<Request> posted;
    private final Pool<Unexpected> messages = new Pool<>(Unexpected::new);
    private final MatchList<Unexpected> unexpected = new MatchList<>(messages, 1);
    private long unexpectedBytes;

    /** Null if nobody records. */
    private MessageTrace trace;

    Matching(EngineSettings settings, EngineCounters counters, Requests requests) {
        this.settings = settings;
        this.counters = counters;
        this.requests = requests;
        posted = requests.newList();
    }

    void trace(MessageTrace listener) {
        trace = listener;
    }

    int postedCount() {
        return posted.size();
    }

    /** Messages that nobody has asked for yet. */
    int unexpectedCount() {
        return unexpected.size();
    }

    /** Bytes of such messages that are kept here. */
    long unexpectedBytes() {
        return unexpectedBytes;
    }

    // What the program asks for.

    Request receive(
            long tag,
            long selector,
            MemorySegment buffer,
            long offset,
            int length,
            Request.Completion completion,
            Object context) {
        Request request = requests.take(tag, buffer, offset, length, completion, context);
        request.isSend = false;
        request.selector = selector;
        Unexpected message = unexpected.forReceive(tag, selector);
        if (message == null) {
            request.state = Request.WAITS;
            posted.append(request);
            if (trace != null) {
                trace.receivePosted(tag, selector, length);
            }
        } else {
            unexpected.remove(message);
            begin(request, message.peer, message.number, message.tag, message.messageLength);
            take(request, message);
            unexpectedBytes -= message.bytesHere();
            message.forget();
            messages.give(message);
        }
        return request;
    }

    private void take(Request request, Unexpected message) {
        boolean all = message.remoteRequest < 0 && message.done >= message.messageLength;
        if (!all && message.peer.failure != null) {
            requests.complete(request, message.peer.failure);
            return;
        }
        if (message.remoteRequest >= 0) {
            message.via.fetch(request, message.remoteRequest, message.source);
            return;
        }
        int kept = Math.min(message.done, request.length);
        MemorySegment.copy(message.bytes, 0, request.buffer, request.offset, kept);
        request.done = message.done;
        if (all) {
            received(request);
        } else {
            request.messageId = message.messageId;
            message.peer.longs.set(message.peer.longs.indexOf(message), request);
        }
    }

    /** Bytes of the first message that such a receive would take; -1 if none is there. */
    int probe(long tag, long selector) {
        Unexpected message = unexpected.forReceive(tag, selector);
        return message == null ? -1 : message.messageLength;
    }

    /** The tag of the message that {@link #probe} found. */
    long probedTag(long tag, long selector) {
        Unexpected message = unexpected.forReceive(tag, selector);
        if (message == null) {
            throw new IllegalStateException("psm: no message matches, probe first");
        }
        return message.tag;
    }

    /** Takes back a receive that has not matched; false if it has. */
    boolean cancel(Request request) {
        if (request.state != Request.WAITS) {
            return false;
        }
        posted.remove(request);
        requests.release(request);
        return true;
    }

    void cancelAll() {
        Request request = posted.first();
        while (request != null) {
            cancel(request);
            request = posted.first();
        }
    }

    // What paths bring.

    /**
     * The beginning of a message has come, or all of it.
     *
     * @param messageLength bytes of all of it
     * @param messageId what {@link #more} will call it, if this is not all
     * @return false if there is no memory for it now, and nothing has changed
     */
    boolean arrives(
            Peer peer,
            long tag,
            int messageLength,
            int messageId,
            MemorySegment bytes,
            long offset,
            int length) {
        Request request = posted.forMessage(tag);
        if (request == null) {
            return keep(peer, tag, messageLength, messageId, bytes, offset, length);
        }
        posted.remove(request);
        if (length == messageLength) {
            whole(request, peer, tag, bytes, offset, length);
            return true;
        }
        begin(request, peer, peer.arrivedCount++, tag, messageLength);
        request.messageId = messageId;
        peer.longs.add(request);
        store(request, 0, bytes, offset, length);
        return true;
    }

    /** All of a message is here, and its receive: there is nothing to wait for. */
    private void whole(
            Request request, Peer peer, long tag, MemorySegment bytes, long offset, int length) {
        request.peer(peer);
        request.tag = tag;
        request.messageLength = length;
        request.done = length;
        matched(request, peer, peer.arrivedCount++);
        int kept = Math.min(length, request.length);
        if (kept == Long.BYTES) {
            request.buffer.set(QWORD, request.offset, bytes.get(QWORD, offset));
        } else if (kept != 0) {
            MemorySegment.copy(bytes, offset, request.buffer, request.offset, kept);
        }
        counters.messagesReceived++;
        counters.bytesReceived += kept;
        requests.completeAtOnce(
                request, length > request.length ? PsmError.MQ_TRUNCATION : PsmError.OK);
    }

    private boolean keep(
            Peer peer,
            long tag,
            int messageLength,
            int messageId,
            MemorySegment bytes,
            long offset,
            int length) {
        if (!hasRoom() || unexpectedBytes + messageLength > settings.maxUnexpectedBytes()) {
            return false;
        }
        Unexpected message = unexpected(peer, tag, messageLength, false);
        message.messageId = messageId;
        message.done = length;
        message.makeRoom();
        unexpectedBytes += messageLength;
        MemorySegment.copy(bytes, offset, message.bytes, 0, length);
        if (length != messageLength) {
            peer.longs.add(message);
        }
        return true;
    }

    /** Whether one more message may wait here. */
    boolean hasRoom() {
        return unexpected.size() < settings.maxRequests();
    }

    private Unexpected unexpected(Peer peer, long tag, int messageLength, boolean announced) {
        Unexpected message = messages.take();
        message.peer = peer;
        message.tag = tag;
        message.messageLength = messageLength;
        message.number = peer.arrivedCount++;
        if (trace != null) {
            trace.arrived(peer, message.number, tag, messageLength, announced);
        }
        unexpected.append(message);
        counters.unexpected++;
        return message;
    }

    /**
     * A message whose bytes wait at its sender.
     *
     * @param via the path that it was announced on, and that its bytes will come by
     * @param remoteRequest what the sender calls it, not negative
     * @param source what the sender says of where they are, see {@link Path#fetch}
     */
    void offered(Path via, Peer peer, long tag, int messageLength, int remoteRequest, long source) {
        Request request = posted.forMessage(tag);
        if (request == null) {
            Unexpected message = unexpected(peer, tag, messageLength, true);
            message.via = via;
            message.remoteRequest = remoteRequest;
            message.source = source;
            return;
        }
        posted.remove(request);
        begin(request, peer, peer.arrivedCount++, tag, messageLength);
        via.fetch(request, remoteRequest, source);
    }

    /** More of a message that has begun. */
    void more(Peer peer, int id, int at, MemorySegment bytes, long offset, int length) {
        List<Matchable> longs = peer.longs;
        for (int i = 0; i < longs.size(); i++) {
            Matchable each = longs.get(i);
            if (each instanceof Request request && request.messageId == id) {
                store(request, at, bytes, offset, length);
                if (request.state == Request.COMPLETE) {
                    longs.remove(i);
                }
                return;
            }
            if (each instanceof Unexpected message && message.messageId == id) {
                if (at < 0 || at > message.messageLength - length) {
                    counters.malformed++;
                    return;
                }
                MemorySegment.copy(bytes, offset, message.bytes, at, length);
                // Pieces that overlap are more than the message, and there is no more of it.
                message.done = Math.min(message.done + length, message.messageLength);
                if (message.done >= message.messageLength) {
                    longs.remove(i);
                }
                return;
            }
        }
        counters.malformed++;
    }

    /** A receive has its message. */
    private void begin(Request request, Peer peer, int number, long tag, int messageLength) {
        requests.runs(peer, request);
        request.tag = tag;
        request.messageLength = messageLength;
        request.wanted = messageLength;
        matched(request, peer, number);
    }

    private void matched(Request request, Peer peer, int number) {
        request.number = number;
        if (trace != null) {
            trace.matched(peer, number, request.tag, request.messageLength, request.length);
        }
    }

    /** Bytes of the message of a receive, as far as there is room. */
    void store(Request request, int at, MemorySegment bytes, long offset, int length) {
        if (at < 0 || at > request.messageLength - length || request.done + length < 0) {
            counters.malformed++;
            return;
        }
        int room = Math.min(length, request.length - at);
        if (room > 0) {
            MemorySegment.copy(bytes, offset, request.buffer, request.offset + at, room);
        }
        arrived(request, length);
    }

    /** So many bytes more of the message of a receive are where they belong, or are not wanted. */
    void arrived(Request request, int bytes) {
        request.done += bytes;
        boolean something = bytes != 0 || request.messageLength == 0;
        if (request.done >= request.wanted && request.state == Request.RUNS && something) {
            received(request);
        }
    }

    /** A receive has all that is wanted of its message. */
    void received(Request request) {
        counters.messagesReceived++;
        counters.bytesReceived += request.bytes();
        requests.complete(
                request,
                request.messageLength > request.length ? PsmError.MQ_TRUNCATION : PsmError.OK);
    }
}

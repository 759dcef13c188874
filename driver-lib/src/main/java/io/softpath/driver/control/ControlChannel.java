package io.softpath.driver.control;

import io.softpath.abi.control.ControlRecord;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;
import io.softpath.linux.EventFd;
import io.softpath.linux.Fd;
import io.softpath.linux.Poll;
import io.softpath.linux.PollEvents;
import io.softpath.linux.SeqPacketSocket;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Requests and replies over one connection to the daemon, and the interrupts that come in between.
 *
 * <p>Any thread may call. A thread that waits becomes the reader if there is none, and hands every
 * reply to whoever waits for its tag. Every wait for a reply has a deadline. When the daemon ends,
 * a watcher thread notices within milliseconds: waiting calls fail, and {@link Listener#lost} is
 * told once.
 */
public final class ControlChannel implements AutoCloseable {
    /** Some tens of microseconds. */
    private static final int LOOKS_BEFORE_SLEEP = 32;

    private static final Fd[] NO_FDS = {};
    private static final String LOST =
            "the daemon has ended or closed this device: start it again (softpath daemon), then"
                    + " reopen";

    /** Is told once, on the watcher or a calling thread, that the daemon is gone. */
    @FunctionalInterface
    public interface Listener {
        void lost();
    }

    private final SeqPacketSocket socket;
    private final String name;
    private final long replyTimeoutNs;
    private final Listener listener;
    private final Poll readable;
    private final Poll writable;
    private final Poll hangUp;
    private final MemorySegment doorbell = record(ControlRecord.DOORBELL_BYTES);
    private final ReentrantLock lock = new ReentrantLock();

    /** Null if nobody records. */
    private volatile CallTrace trace;

    private final Condition changed = lock.newCondition();

    // Owned by the thread that reads.
    private final MemorySegment inbox = Arena.ofAuto().allocate(ControlRecord.MAX_REPLY_BYTES, 8);
    private final List<Fd> inboxFds = new ArrayList<>(1);

    // All below: guarded by lock.
    private final Map<Integer, Waiting> waiting = new HashMap<>();
    private boolean reading;
    private int lastTag;
    private long interrupts;

    /** Why the daemon sent this client away, if it said so. */
    private volatile SoftpathException refusal;

    private volatile boolean lost;
    private volatile boolean closed;

    /**
     * Takes over a connected socket.
     *
     * @param name what messages call the other end
     */
    public ControlChannel(
            SeqPacketSocket socket, String name, Duration replyTimeout, Listener listener) {
        this.socket = socket;
        this.name = name;
        this.replyTimeoutNs = TimeUnit.NANOSECONDS.convert(replyTimeout); // saturates
        this.listener = listener;
        this.readable = Poll.of(socket.fd());
        this.writable = Poll.of(socket.fd()).events(0, PollEvents.OUT);
        this.hangUp = Poll.of(socket.fd()).events(0, PollEvents.RDHUP);
        ControlRecord.doorbell(doorbell, 0);
        Thread.ofPlatform().daemon().name("softpath-watch").start(this::watch);
    }

    /** A zeroed record that a request or a command is built in. */
    public static MemorySegment record(int bytes) {
        return MemorySegment.ofArray(new long[(bytes + 7) / 8]).asSlice(0, bytes);
    }

    /** From now on somebody hears of each answer to a {@link #call}. */
    public void trace(CallTrace listener) {
        trace = listener;
    }

    /**
     * Sends a request and waits for its reply.
     *
     * @param request a whole record, as {@link ControlRecord} writes it; this fills in the tag
     * @throws SoftpathException what the daemon answered; Lost ENOTCONN if it is gone, Lost
     *     ETIMEDOUT if it does not answer in time, Refused EBADF after {@link #close}
     */
    public Reply call(MemorySegment request) {
        return call(request, replyTimeoutNs);
    }

    /** As {@link #call(MemorySegment)}, for a request that the daemon may take its time over. */
    public Reply call(MemorySegment request, long timeoutNs) {
        int kind = ControlRecord.kind(request);
        long start = System.nanoTime();
        Waiting reply = enqueue(kind, false);
        try {
            ControlRecord.start(request, kind, reply.tag);
            send(request, start, timeoutNs);
            Faults.at(FaultPoint.CONTROL_ASKED);
            look(reply);
            waitUntil(() -> reply.done, start, timeoutNs, readable);
        } finally {
            forget(reply);
        }
        if (!reply.done) {
            throw timedOut(kind, timeoutNs);
        }
        if (trace != null) {
            trace.answered(request, reply.result, System.nanoTime() - start);
        }
        if (reply.result < 0) {
            throw refused(reply);
        }
        return new Reply(
                reply.result,
                reply.record.asSlice(ControlRecord.REPLY_PAYLOAD),
                Optional.ofNullable(reply.fd),
                reply.interruptsSeen);
    }

    /**
     * Looks for a reply a few times before sleeping for it: a daemon that is awake answers in less
     * time than it takes to fall asleep and be woken.
     */
    private void look(Waiting reply) {
        for (int i = 0; i < LOOKS_BEFORE_SLEEP && !reply.done; i++) {
            Thread.yield();
            drain();
        }
    }

    /**
     * Sends a request whose reply nobody waits for. Never waits. The daemon closes a client that
     * leaves too many replies unread: whoever posts again and again looks first whether the last
     * one is {@link Posted#done}, or waits for the reply to a {@link #call} behind it, which comes
     * later.
     *
     * @return something that is done when the reply has come, or null if the request could not be
     *     sent now
     */
    public Posted post(MemorySegment request) {
        int kind = ControlRecord.kind(request);
        Waiting reply = enqueue(kind, true);
        ControlRecord.start(request, kind, reply.tag);
        boolean sent = false;
        try {
            sent = trySend(request);
        } finally {
            if (!sent) {
                forget(reply);
            }
        }
        return sent ? reply : null;
    }

    /** A request under way. */
    public sealed interface Posted permits Waiting {
        /** Whether the reply has been read; {@link ControlChannel#drain} reads what has come. */
        boolean done();
    }

    /** What the daemon refused a posted request with; empty if it did not, or has not yet. */
    public Optional<SoftpathException> refusal(Posted posted) {
        Waiting reply = (Waiting) posted;
        return reply.done && reply.result < 0 ? Optional.of(refused(reply)) : Optional.empty();
    }

    /** Wakes a chip that sleeps. Never waits, no reply; allocates nothing. */
    public void ringDoorbell() {
        trySend(doorbell);
    }

    /** Reads what has come, without waiting. */
    public void drain() {
        lock.lock();
        try {
            if (reading || lost || closed) {
                return;
            }
            reading = true;
        } finally {
            lock.unlock();
        }
        readAsReader(0, readable);
    }

    /**
     * Waits for an interrupt after the {@code seen} first ones.
     *
     * @return false if none came in time
     * @throws SoftpathException.Lost ENOTCONN if the daemon is gone
     */
    public boolean awaitInterrupt(long seen, long timeoutNs) {
        long start = System.nanoTime();
        return waitUntil(() -> interrupts > seen, start, timeoutNs, readable);
    }

    /** As {@link #awaitInterrupt(long, long)}, for a thread that others can wake. */
    public boolean awaitInterrupt(long seen, long timeoutNs, Waker waker) {
        long start = System.nanoTime();
        waitUntil(() -> interrupts > seen || waker.rung, start, timeoutNs, waker.either);
        lock.lock();
        try {
            return interrupts > seen;
        } finally {
            lock.unlock();
        }
    }

    /**
     * A way to wake a thread out of {@link #awaitInterrupt(long, long, Waker)}.
     *
     * @throws SoftpathException.Exhausted EMFILE if this process can have no more descriptors
     */
    public Waker waker() {
        return new Waker();
    }

    /** Wakes one thread that sleeps, or will; any thread may ring. */
    public final class Waker implements AutoCloseable {
        private final EventFd event = EventFd.create("wake " + name);
        private final Poll either = Poll.of(socket.fd(), event.fd());
        private volatile boolean rung;

        private Waker() {}

        /** Ends the sleep of the other thread, or its next one, if it has not been rung already. */
        public void ring() {
            if (rung) {
                return;
            }
            rung = true;
            event.signal();
            lock.lock();
            try {
                changed.signalAll(); // it may wait for another thread that reads
            } finally {
                lock.unlock();
            }
        }

        /** The sleeper is awake and will sleep again. Nobody may ring meanwhile. */
        public void reset() {
            if (rung) {
                event.drain();
                rung = false;
            }
        }

        @Override
        public void close() {
            event.close();
        }
    }

    public boolean isLost() {
        return lost;
    }

    /** Ends the connection, and every call that waits on it. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        socket.close(); // shuts down first, so readers and the watcher wake
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private Waiting enqueue(int kind, boolean discard) {
        lock.lock();
        try {
            checkUsable();
            Waiting reply = new Waiting(kind, ++lastTag, discard);
            waiting.put(reply.tag, reply);
            return reply;
        } finally {
            lock.unlock();
        }
    }

    private void forget(Waiting reply) {
        lock.lock();
        try {
            waiting.remove(reply.tag);
        } finally {
            lock.unlock();
        }
    }

    private void send(MemorySegment request, long start, long timeoutNs) {
        while (!trySend(request)) {
            long left = timeoutNs - (System.nanoTime() - start);
            if (left <= 0) {
                throw timedOut(ControlRecord.kind(request), timeoutNs);
            }
            writable.await(left);
        }
    }

    private boolean trySend(MemorySegment request) {
        try {
            return socket.trySend(request, request.byteSize(), NO_FDS);
        } catch (SoftpathException e) {
            throw gone(e);
        }
    }

    /**
     * Waits for a condition that only {@link #dispatch} makes true; the condition is asked under
     * the lock.
     *
     * @param wakes what there is to wait for if there is no other reader
     */
    private boolean waitUntil(BooleanSupplier condition, long start, long timeoutNs, Poll wakes) {
        boolean interrupted = false;
        lock.lock();
        try {
            while (!condition.getAsBoolean()) {
                checkUsable();
                long left = timeoutNs - (System.nanoTime() - start);
                if (left <= 0) {
                    return false;
                }
                if (reading) {
                    try {
                        changed.awaitNanos(left);
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                } else {
                    reading = true;
                    lock.unlock();
                    try {
                        readAsReader(left, wakes);
                    } finally {
                        lock.lock();
                    }
                }
            }
            return true;
        } finally {
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Reads everything that is there, after waiting up to {@code waitNs} for the first of it; then
     * another may read.
     */
    private void readAsReader(long waitNs, Poll wakes) {
        try {
            if (waitNs > 0 && wakes.await(waitNs) == 0) {
                return;
            }
            while (true) {
                int length = socket.tryReceive(inbox, 1, inboxFds);
                if (length == SeqPacketSocket.WOULD_BLOCK) {
                    return;
                }
                if (length == SeqPacketSocket.END) {
                    lose();
                    return;
                }
                if (length != SeqPacketSocket.TRUNCATED) {
                    dispatch(length, inboxFds.isEmpty() ? null : inboxFds.removeLast());
                }
            }
        } catch (SoftpathException e) {
            if (e instanceof SoftpathException.Lost) {
                lose();
            } else if (!closed) {
                throw e;
            }
        } finally {
            lock.lock();
            try {
                reading = false;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private void dispatch(int length, Fd fd) {
        Fd unclaimed = fd;
        lock.lock();
        try {
            if (length < ControlRecord.REPLY_HEADER_BYTES) {
                return; // no record that a daemon sends
            }
            int kind = ControlRecord.kind(inbox);
            if (kind == ControlRecord.INTERRUPT) {
                interrupts++;
                changed.signalAll();
                return;
            }
            if (kind == ControlRecord.REPLY && ControlRecord.result(inbox) < 0) {
                refusal = refusal(length);
                return;
            }
            Waiting reply = waiting.get(ControlRecord.tag(inbox));
            if (reply == null || kind != (reply.kind | ControlRecord.REPLY)) {
                return; // its caller gave up
            }
            reply.result = ControlRecord.result(inbox);
            reply.interruptsSeen = interrupts;
            if (!reply.discard || reply.result < 0) {
                reply.record = record(length);
                MemorySegment.copy(inbox, 0, reply.record, 0, length);
            }
            if (reply.discard) {
                waiting.remove(reply.tag);
            } else {
                reply.fd = fd;
                unclaimed = null;
            }
            reply.done = true;
            changed.signalAll();
        } finally {
            lock.unlock();
            if (unclaimed != null) {
                unclaimed.close();
            }
        }
    }

    /** The answer to no request: what a daemon says before it closes a connection. */
    private SoftpathException refusal(int length) {
        return SoftpathException.of(
                Errno.of(-ControlRecord.result(inbox)),
                name + ": " + ControlRecord.sentence(inbox, length));
    }

    private void watch() {
        try {
            hangUp.await(-1);
        } catch (SoftpathException e) {
            // Closed before the wait began.
        }
        if (!closed) {
            markLost();
        }
    }

    /** The daemon is gone. Not for the one who reads. */
    private void markLost() {
        if (awaitTurnToRead()) {
            readAsReader(0, readable); // the daemon may have said why
        }
        lose();
    }

    /** All that the daemon ever said has been read. */
    private void lose() {
        lock.lock();
        try {
            if (lost || closed) {
                return;
            }
            lost = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        listener.lost();
    }

    /**
     * Whoever reads may have looked just before the daemon said its last words: they are to be read
     * before anybody is told that it is gone. Does not take long, because an end wakes a reader.
     */
    private boolean awaitTurnToRead() {
        lock.lock();
        try {
            while (reading && !lost && !closed) {
                changed.awaitUninterruptibly();
            }
            reading |= !lost && !closed;
            return !lost && !closed;
        } finally {
            lock.unlock();
        }
    }

    private void checkUsable() {
        if (closed) {
            throw closedException();
        }
        if (lost) {
            throw lostException();
        }
    }

    /** What a failed system call on the socket means. */
    private SoftpathException gone(SoftpathException cause) {
        if (closed) {
            return closedException();
        }
        if (cause instanceof SoftpathException.Lost) {
            markLost();
            return lostException();
        }
        return cause;
    }

    /** The exception for any call once the daemon is gone, or has sent this client away. */
    public SoftpathException lostException() {
        SoftpathException why = refusal;
        return why != null
                ? SoftpathException.of(why.errno(), why.getMessage())
                : new SoftpathException.Lost(Errno.ENOTCONN, name + ": " + LOST);
    }

    /** The exception for any call after {@link #close}. */
    public SoftpathException closedException() {
        return new SoftpathException.Refused(Errno.EBADF, name + ": closed");
    }

    private SoftpathException timedOut(int kind, long timeoutNs) {
        return new SoftpathException.Lost(
                Errno.ETIMEDOUT,
                name
                        + ": no answer in time: request="
                        + kind
                        + " timeoutMs="
                        + timeoutNs / 1_000_000
                        + ": is the daemon stopped?");
    }

    private SoftpathException refused(Waiting reply) {
        String sentence = ControlRecord.sentence(reply.record, (int) reply.record.byteSize());
        return SoftpathException.of(Errno.of(-reply.result), name + ": " + sentence);
    }

    @Override
    public String toString() {
        return name;
    }

    private static final class Waiting implements Posted {
        private final int kind;
        private final int tag;
        private final boolean discard;
        private int result;
        private MemorySegment record;
        private Fd fd;
        private long interruptsSeen;
        private volatile boolean done;

        Waiting(int kind, int tag, boolean discard) {
            this.kind = kind;
            this.tag = tag;
            this.discard = discard;
        }

        @Override
        public boolean done() {
            return done;
        }
    }
}

package io.softpath.daemon;

import io.softpath.daemon.region.UserMemory;

import org.agrona.concurrent.OneToOneConcurrentArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A thread that unmaps large memory of users who freed it or died: giving 3 GiB that were touched
 * back to the kernel takes a second, in which no packet would move.
 *
 * <p>The memory is no longer charged to anybody by then. So that nobody can have much more than his
 * limit that way, what waits is bounded; whoever comes in addition is served by his own thread.
 */
final class Unmapper implements Consumer<UserMemory>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Unmapper.class);
    private static final int MAX_WAITING = 1024;

    /** Besides a first piece of any size. */
    private static final long MAX_WAITING_BYTES = 256L << 20;

    private final OneToOneConcurrentArrayQueue<UserMemory> waiting =
            new OneToOneConcurrentArrayQueue<>(MAX_WAITING);
    private final AtomicLong waitingBytes = new AtomicLong();
    private final Thread thread;
    private volatile boolean closed;

    Unmapper() {
        thread = Thread.ofPlatform().name("softpath-unmap").daemon().start(this::run);
    }

    /** Takes memory over; by the thread of the duty cycle. */
    @Override
    public void accept(UserMemory memory) {
        long bytes = memory.bytes();
        long before = waitingBytes.getAndAdd(bytes);
        boolean tooMuch = before != 0 && before + bytes > MAX_WAITING_BYTES;
        if (closed || tooMuch || !waiting.offer(memory)) {
            waitingBytes.addAndGet(-bytes);
            memory.unmap();
        } else {
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        while (!closed) {
            UserMemory memory = waiting.poll();
            if (memory == null) {
                LockSupport.park(this);
                continue;
            }
            long bytes = memory.bytes();
            try {
                memory.unmap();
            } catch (RuntimeException e) {
                LOG.error("cannot unmap memory: {}", memory, e);
            } finally {
                waitingBytes.addAndGet(-bytes);
            }
        }
    }

    /** Ends the thread. What still waits goes with the process. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}

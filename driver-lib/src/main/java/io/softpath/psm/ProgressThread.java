package io.softpath.psm;

import io.softpath.driver.Context;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.psm.engine.MessageEngine;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A thread that makes progress while the program computes: asleep until the chip interrupts or a
 * timer of the engine is due. While the program itself makes progress it stands back, and looks
 * once in a while whether the program still does. Source of the idea: psm, ptl_rcvthread.c.
 *
 * <p>One lock keeps all who use the endpoint apart, this thread too. It is held while handlers and
 * completions run, never while somebody sleeps.
 */
final class ProgressThread extends Turns {
    /** So long after the program's last look this thread looks. */
    private static final long STANDS_BACK_NS = 1_000_000;

    /** Tries in a row for a send buffer before it waits a little for one. */
    private static final int TRIES = 100;

    private static final Duration STOPS_WITHIN = Duration.ofSeconds(10);

    private final MessageEngine engine;
    private final Mover mover;
    private final Context.Sleeper sleeper;
    private final ReentrantLock lock = new ReentrantLock();

    /** Something has happened that somebody may wait for. */
    private final Condition moved = lock.newCondition();

    /** This thread is to look after the endpoint. */
    private final Condition attend = lock.newCondition();

    private final Thread thread =
            Thread.ofPlatform().daemon().name("softpath-progress").unstarted(this::run);

    // All below: guarded by lock.

    private boolean stopping;

    private boolean closesItself;

    /** It has ended, and its sleeper is closed. */
    private boolean stopped;

    private int waiting;
    private boolean changed;

    /** How often the program has looked for packets, and how often when this thread asked last. */
    private long looks;

    private long seenLooks;
    private int tries;

    /** When this thread wakes if nothing comes, while it is asleep. */
    private long wakesNs;

    private boolean asleep;

    /** What this thread has died of. */
    private Throwable failure;

    ProgressThread(MessageEngine engine, Mover mover, Context.Sleeper sleeper) {
        this.engine = engine;
        this.mover = mover;
        this.sleeper = sleeper;
    }

    void start() {
        thread.start();
    }

    @Override
    void enter() {
        lock.lock();
        if (failure != null) {
            RuntimeException e = died();
            lock.unlock();
            throw e;
        }
    }

    private RuntimeException died() {
        return failure instanceof SoftpathException e
                ? SoftpathException.of(e.errno(), e.getMessage(), e)
                : new IllegalStateException(
                        "endpoint: its progress thread has died, close it", failure);
    }

    @Override
    void leave() {
        try {
            if (lock.getHoldCount() == 1) {
                tellOthers();
            }
        } finally {
            lock.unlock();
        }
    }

    private void tellOthers() {
        if (changed) {
            changed = false;
            engine.flush(System.nanoTime()); // starts timers, wakes those who share memory
            if (waiting > 0) {
                moved.signalAll();
            }
        }
        if (asleep) {
            long due = engine.wakeNs();
            if (due != Long.MAX_VALUE && due - wakesNs < 0) {
                sleeper.wake();
            }
        }
    }

    @Override
    void looks() {
        looks++;
    }

    @Override
    void changed() {
        changed = true;
    }

    /** This thread itself, in a completion that waits, sleeps for the chip; all others for it. */
    @Override
    @SuppressWarnings("WaitNotInLoop") // the caller's
    boolean rest(long longestNs) {
        if (Thread.currentThread().equals(thread)) {
            sleep(longestNs);
            return false;
        }
        waiting++;
        attend.signal();
        tellOthers();
        try {
            moved.awaitNanos(Math.min(longestNs, LONGEST_SLEEP_NS));
            return false;
        } catch (InterruptedException e) {
            return true;
        } finally {
            waiting--;
        }
    }

    /**
     * @throws SoftpathException.Refused ETIMEDOUT if it is in a handler or completion that does not
     *     return
     */
    @Override
    void stop() {
        lock.lock();
        try {
            if (stopped) {
                return;
            }
            stopping = true;
            attend.signal();
            sleeper.wake();
        } finally {
            lock.unlock();
        }
        if (Thread.currentThread().equals(thread)) {
            closesItself = true; // when the completion that closes has returned
            return;
        }
        int holds = release();
        try {
            if (!joins()) {
                throw SoftpathException.of(
                        Errno.ETIMEDOUT,
                        "close: the progress thread has not ended within "
                                + STOPS_WITHIN
                                + ": a handler or completion does not return: thread="
                                + thread);
            }
        } finally {
            acquire(holds);
        }
        lock.lock();
        try {
            end();
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        if (!stopped) {
            stopped = true;
            sleeper.close();
        }
    }

    private boolean joins() {
        boolean interrupted = false;
        long end = System.nanoTime() + STOPS_WITHIN.toNanos();
        try {
            while (thread.isAlive() && end - System.nanoTime() > 0) {
                try {
                    thread.join(Duration.ofNanos(end - System.nanoTime()));
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            return !thread.isAlive();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private int release() {
        int holds = lock.getHoldCount();
        for (int i = 0; i < holds; i++) {
            lock.unlock();
        }
        return holds;
    }

    private void acquire(int holds) {
        for (int i = 0; i < holds; i++) {
            lock.lock();
        }
    }

    // This thread.

    private void run() {
        lock.lock();
        try {
            while (!stopping) {
                turn();
            }
        } catch (RuntimeException | Error e) {
            failure = stopping ? null : e;
        } finally {
            if (closesItself) {
                end();
            }
            moved.signalAll();
            lock.unlock();
        }
    }

    private void turn() {
        if (waiting == 0 && looks != seenLooks) {
            seenLooks = looks;
            pause(STANDS_BACK_NS);
        } else if (mover.advanceAll()) {
            tries = 0;
            if (waiting > 0) {
                moved.signalAll();
            }
            letOthers();
        } else {
            sleep(LONGEST_SLEEP_NS);
        }
    }

    /** A lock that is given back and taken again at once is nobody else's in between. */
    private void letOthers() {
        if (lock.hasQueuedThreads()) {
            int holds = release();
            Thread.yield();
            acquire(holds);
        }
    }

    @SuppressWarnings("WaitNotInLoop") // the caller's
    private void pause(long timeNs) {
        try {
            attend.awaitNanos(timeNs);
        } catch (InterruptedException e) {
            // Nobody has a reason to; who does has woken it, and it looks what is to be done.
        }
    }

    /** Sleeps for the chip, without the lock. */
    private void sleep(long longestNs) {
        long time = Math.min(mover.idleNs(), longestNs);
        if (time <= 0) {
            awaitBuffer();
            return;
        }
        tries = 0;
        if (!engine.sleep(true) || !sleeper.settle()) {
            engine.sleep(false);
            return;
        }
        asleep = true;
        wakesNs = System.nanoTime() + time;
        int holds = release();
        try {
            sleeper.sleep(time);
        } finally {
            acquire(holds);
            asleep = false;
            engine.sleep(false);
            sleeper.awake();
        }
    }

    /** Something is to be sent and could not be: soon there is a buffer, or the link is down. */
    private void awaitBuffer() {
        if (tries < TRIES) {
            tries++;
            int holds = release();
            Thread.yield();
            acquire(holds);
        } else {
            pause(STANDS_BACK_NS);
        }
    }
}

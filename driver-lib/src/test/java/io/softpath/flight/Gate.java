package io.softpath.flight;

import org.agrona.DirectBuffer;

import java.util.concurrent.Semaphore;

/** Between a recorder and its journal: lets through as many events as it is told. */
final class Gate implements FlightRecorder.Sink {
    private final Semaphore permits = new Semaphore(0);
    private FlightRecorder.Sink behind;

    Gate before(JournalWriter journal) {
        behind = journal::append;
        return this;
    }

    @Override
    public void append(DirectBuffer from, int at, int length) {
        permits.acquireUninterruptibly();
        behind.append(from, at, length);
    }

    void let(int events) {
        permits.release(events);
    }

    void open() {
        permits.release(Integer.MAX_VALUE / 2);
    }

    /** Whether all that were let through have been. */
    boolean isUsedUp() {
        return permits.availablePermits() == 0 && permits.hasQueuedThreads();
    }
}

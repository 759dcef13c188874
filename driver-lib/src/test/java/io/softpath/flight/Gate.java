package io.softpath.flight;

import org.agrona.concurrent.UnsafeBuffer;

import java.util.concurrent.Semaphore;

/** Between a recorder and its journal: lets through as many events as it is told. */
final class Gate implements FlightRecorder.Sink {
    private final Semaphore permits = new Semaphore(0);
    private final EventBatch let = new EventBatch();
    private FlightRecorder.Sink behind;

    Gate before(JournalWriter journal) {
        behind = journal::append;
        return this;
    }

    /** Of a batch those that may pass go on together. */
    @Override
    public void append(EventBatch batch) {
        UnsafeBuffer events = new UnsafeBuffer(batch.bytes());
        for (int at = 0; at < batch.length(); ) {
            permits.acquireUninterruptibly();
            let.clear();
            do {
                int size = EventLayout.size(EventLayout.length(events, at));
                let.add(events, at, size);
                at += size;
            } while (at < batch.length() && permits.tryAcquire());
            behind.append(let);
        }
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

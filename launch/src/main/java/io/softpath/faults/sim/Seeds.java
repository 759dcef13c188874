package io.softpath.faults.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Plays the schedules of many seeds, each in a world of its own, in several threads. */
final class Seeds {
    /** So many that fail are enough. */
    static final int ENOUGH = 20;

    private final long first;
    private final long count;
    private final int jobs;
    private final AtomicLong next = new AtomicLong();
    private final AtomicLong done = new AtomicLong();
    private final List<Failure> failures = new ArrayList<>();
    private final Totals totals = new Totals();

    Seeds(long first, long count, int jobs) {
        this.first = first;
        this.count = count;
        this.jobs = jobs;
    }

    /** Seeds that are done; any thread may ask. */
    long done() {
        return done.get();
    }

    long count() {
        return count;
    }

    Totals totals() {
        return totals;
    }

    /** Those that failed, lowest seed first. */
    synchronized List<Failure> failures() {
        return failures.stream()
                .sorted((a, b) -> Long.compare(a.seed() - first, b.seed() - first))
                .toList();
    }

    private synchronized boolean hasEnough() {
        return failures.size() >= ENOUGH;
    }

    private synchronized void add(Failure failure) {
        failures.add(failure);
    }

    /** Plays them all, unless too many fail. */
    void play() throws InterruptedException {
        try (ExecutorService threads = Executors.newFixedThreadPool(jobs)) {
            List<Future<Totals>> parts = new ArrayList<>();
            for (int i = 0; i < jobs; i++) {
                parts.add(threads.submit(this::work));
            }
            for (Future<Totals> part : parts) {
                totals.add(part.get());
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("sim: a schedule could not be played", e.getCause());
        }
    }

    private Totals work() {
        Totals own = new Totals();
        for (long i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
            if (hasEnough()) {
                break;
            }
            Failure failure = Failure.find(first + i, null, own);
            if (failure != null) {
                add(failure);
            }
            done.incrementAndGet();
        }
        return own;
    }
}

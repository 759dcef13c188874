package io.softpath.bench.load;

import io.softpath.bench.process.Findings;
import io.softpath.bench.process.ProcessUsage;
import io.softpath.psm.Endpoint;
import io.softpath.psm.MatchedQueue;
import io.softpath.psm.engine.Request;

import org.HdrHistogram.Histogram;

import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Receives messages and takes the time from when each was due. That it is the same clock in all
 * processes of a host is checked: nothing comes before it is due.
 */
final class Sink {
    /** Says when it was due. */
    static final long DATA = 1;

    /** Another step begins. */
    static final long BEGIN = 2;

    /** It ends; says how many messages there were. */
    static final long END = 3;

    private static final int RECEIVES = 128;
    private static final long ANY = 0;
    private static final long PROCESS = ProcessHandle.current().pid();

    private final MatchedQueue queue;
    private final Histogram times = Findings.newHistogram();
    private long count;
    private long expected;
    private long firstNs;
    private long lastNs;
    private boolean begun;
    private boolean ended;
    private long cpuNs;
    private long waits;

    Sink(Endpoint endpoint) {
        queue = endpoint.queue();
        for (int i = 0; i < RECEIVES; i++) {
            new Slot().receive();
        }
    }

    /** Memory for a message; when one has come it waits for the next. */
    private final class Slot implements Request.Completion {
        private final MemorySegment memory = Arena.ofAuto().allocate(Long.BYTES, Long.BYTES);

        void receive() {
            queue.irecv(ANY, ANY, memory, 0, Long.BYTES, this, null);
        }

        @Override
        public boolean onComplete(Request request) {
            received(request.tag(), memory.get(ValueLayout.JAVA_LONG, 0));
            receive();
            return false;
        }
    }

    private void received(long tag, long value) {
        if (tag == DATA) {
            lastNs = System.nanoTime();
            if (lastNs - value < 0) {
                throw new IllegalStateException(
                        "received before it was due, is this another clock: ns="
                                + (lastNs - value));
            }
            firstNs = count == 0 ? lastNs : firstNs;
            count++;
            Findings.record(times, lastNs - value);
        } else if (tag == BEGIN) {
            begun = true;
        } else {
            expected = value;
            ended = true;
        }
    }

    boolean hasBegun() {
        return begun;
    }

    boolean hasEnded() {
        return ended;
    }

    /** Forgets the step before. */
    void begin() {
        begun = false;
        ended = false;
        count = 0;
        times.reset();
        cpuNs = ProcessUsage.programCpuNs(PROCESS);
        waits = ProcessUsage.programWaits(PROCESS);
    }

    /**
     * Prints what was found in a step that has ended.
     *
     * @return messages a second
     * @throws IllegalStateException if not every message has come once
     */
    double end(Step step, PrintStream out) {
        double usedNs = ProcessUsage.programCpuNs(PROCESS) - cpuNs;
        double waited = ProcessUsage.programWaits(PROCESS) - waits;
        if (count != expected) {
            throw new IllegalStateException("sent=" + expected + " received=" + count);
        }
        double rate = count * 1e9 / Math.max(lastNs - firstNs, 1);
        if (step.kind() == Step.Kind.AT_ONCE && !step.isWarmUp()) {
            Findings.print(out, step.name(), rate);
            Findings.print(out, LoadBench.count(step.name()), (double) count);
        } else if (!step.isWarmUp()) {
            Findings.print(out, step.name(), times);
        }
        if (step.kind() == Step.Kind.EVEN && !step.isWarmUp()) {
            Findings.print(out, step.waiting().cpu(), usedNs / count / 1000);
            Findings.print(out, step.waiting().wakeUps(), waited / count);
        }
        return rate;
    }
}

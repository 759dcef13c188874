package io.softpath.flight;

import io.softpath.abi.packet.HeaderCopy;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.error.SoftpathException;

import org.agrona.concurrent.UnsafeBuffer;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Records what a process does. An event goes into a ring in mapped memory, and from there by a
 * thread of the recorder's own into the journal; both survive a SIGKILL of the process.
 *
 * <p>Any thread may record. It never waits: when the ring is full the event is dropped and counted,
 * and the journal says how many are missing where. With {@link FlightOptions#strict} it waits for
 * room instead, so that nothing is missing. A disk without room ends the recording, with one line
 * to whoever asked for it, and nothing else.
 */
public final class FlightRecorder implements AutoCloseable {
    private static final int SPINS = 100;
    private static final int UNFINISHED_LOOKS = 1000;
    private static final long ROOM_NAP_NS = 50_000;

    /** How long an event is in the ring at most, if its CPU has time for the recorder's thread. */
    private static final long NAP_NS = 5_000_000;

    /** So many more in the ring end the nap. */
    private static final int WAKE_BYTES = FlightRing.BYTES / 4;

    private final FlightOptions options;
    private final Consumer<String> complaints;
    private final FlightRing ring;
    private final UnsafeBuffer buffer;
    private final MemorySegment memory;
    private final AtomicLong dropped = new AtomicLong();
    private final Thread thread;
    private final Path directory;
    private final JournalWriter journal; // the thread's
    private final Sink sink;
    private final EventBatch batch = new EventBatch();
    private long droppedSaid;
    private volatile boolean stopped;
    private volatile boolean closing;

    private FlightRecorder(
            FlightOptions options,
            Consumer<String> complaints,
            FlightRing ring,
            JournalWriter journal,
            Sink sink,
            Thread thread) {
        this.options = options;
        this.complaints = complaints;
        this.ring = ring;
        this.journal = journal;
        this.sink = sink;
        this.thread = thread;
        directory = journal.directory();
        buffer = ring.buffer();
        memory = ring.memory();
    }

    /**
     * Begins to record.
     *
     * @param name what the process is called in dumps
     * @param complaints is told why a recording ended before {@link #close}
     * @throws SoftpathException ENOSPC: no room; EACCES: nothing can be made in the directory;
     *     EOPNOTSUPP: this JVM was started without flags that Chronicle needs
     */
    public static FlightRecorder start(
            FlightOptions options, String name, Consumer<String> complaints) {
        return start(options, name, complaints, journal -> journal::append);
    }

    /** Takes events, which are safe when it returns. */
    interface Sink {
        void append(EventBatch batch);
    }

    /** As the public one, with something between the recorder and its journal. */
    static FlightRecorder start(
            FlightOptions options,
            String name,
            Consumer<String> complaints,
            Function<JournalWriter, Sink> sinks) {
        ChronicleFlags.check();
        CompletableFuture<FlightRecorder> started = new CompletableFuture<>();
        Thread.ofPlatform()
                .name("softpath-flight")
                .daemon()
                .start(() -> begin(options, name, complaints, sinks, started));
        try {
            return started.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof SoftpathException refused) {
                throw SoftpathException.of(refused.errno(), refused.getMessage(), refused);
            }
            throw e;
        }
    }

    /** The thread: the journal belongs to it from its first event on. */
    private static void begin(
            FlightOptions options,
            String name,
            Consumer<String> complaints,
            Function<JournalWriter, Sink> sinks,
            CompletableFuture<FlightRecorder> started) {
        FlightRecorder recorder;
        try {
            JournalWriter journal =
                    JournalWriter.open(options.directory(), name, options.journal());
            recorder =
                    new FlightRecorder(
                            options,
                            complaints,
                            FlightRing.create(journal.directory()),
                            journal,
                            sinks.apply(journal),
                            Thread.currentThread());
        } catch (RuntimeException | LinkageError e) {
            started.completeExceptionally(e);
            return;
        }
        started.complete(recorder);
        recorder.run();
    }

    /** The journal's directory. */
    public Path directory() {
        return directory;
    }

    /** Events that found the ring full. */
    public long dropped() {
        return dropped.get();
    }

    /** Bytes that are in the ring and not in the journal. */
    public long pendingBytes() {
        return ring.bytes();
    }

    /** Whether it still records; a full disk ends it. */
    public boolean isRecording() {
        return !stopped;
    }

    /** How many bytes of a packet's payload are kept. */
    public int payloadBytes() {
        return options.payloadBytes();
    }

    /** Records an event without bytes. */
    public void record(
            FlightKind kind,
            int unit,
            int context,
            int subcontext,
            long a,
            long b,
            long c,
            long d,
            long e,
            long f) {
        int at = place(kind, unit, context, subcontext, a, b, c, d, e, f, 0, 0);
        if (at != FlightRing.FULL) {
            ring.commit(at);
        }
    }

    /**
     * Records an event with bytes.
     *
     * @param from what the bytes are in, from {@code offset} on; {@link
     *     EventLayout#MAX_EXTRA_BYTES} of them are kept
     * @throws RuntimeException if this thread may not read them; nothing is recorded
     */
    public void record(
            FlightKind kind,
            int unit,
            int context,
            int subcontext,
            long a,
            long b,
            long c,
            long d,
            long e,
            long f,
            MemorySegment from,
            long offset,
            int bytes) {
        int kept = Math.min(bytes, EventLayout.MAX_EXTRA_BYTES);
        int at = place(kind, unit, context, subcontext, a, b, c, d, e, f, kept, bytes);
        if (at != FlightRing.FULL) {
            boolean copied = false;
            try {
                MemorySegment.copy(from, offset, memory, at + EventLayout.FIXED_BYTES, kept);
                copied = true;
            } finally {
                ring.end(at, copied);
            }
        }
    }

    /** Records a packet: its header, and of its payload what the options say. */
    public void record(
            FlightKind kind,
            int unit,
            int context,
            int subcontext,
            long a,
            long b,
            long c,
            long d,
            long e,
            long f,
            HeaderCopy header,
            MemorySegment payload,
            long offset,
            int bytes) {
        int kept = Math.min(bytes, options.payloadBytes());
        int extra = MessageHeader.BYTES + kept;
        int at =
                place(
                        kind,
                        unit,
                        context,
                        subcontext,
                        a,
                        b,
                        c,
                        d,
                        e,
                        f,
                        extra,
                        options.payloadBytes() == 0 ? extra : MessageHeader.BYTES + bytes);
        if (at != FlightRing.FULL) {
            int body = at + EventLayout.FIXED_BYTES;
            boolean copied = false;
            try {
                header.store(memory, body);
                if (kept != 0) {
                    MemorySegment.copy(payload, offset, memory, body + MessageHeader.BYTES, kept);
                }
                copied = true;
            } finally {
                ring.end(at, copied);
            }
        }
    }

    private int place(
            FlightKind kind,
            int unit,
            int context,
            int subcontext,
            long a,
            long b,
            long c,
            long d,
            long e,
            long f,
            int kept,
            int all) {
        int at = claim(EventLayout.size(kept));
        if (at != FlightRing.FULL) {
            int qword = FlightRing.qword(at);
            EventLayout.put(
                    buffer,
                    at,
                    qword,
                    kind,
                    unit,
                    context,
                    subcontext,
                    System.nanoTime(),
                    a,
                    b,
                    c,
                    d,
                    e,
                    f,
                    kept,
                    all);
        }
        return at;
    }

    private int claim(int length) {
        if (stopped) {
            return FlightRing.FULL;
        }
        int at = ring.claim(length);
        if (at == FlightRing.FULL) {
            return full(length);
        }
        if ((at ^ at + length) >= WAKE_BYTES) {
            LockSupport.unpark(thread);
        }
        return at;
    }

    private int full(int length) {
        if (!options.strict()) {
            dropped.getAndIncrement();
            return FlightRing.FULL;
        }
        for (int spins = 0; !stopped; spins++) {
            int at = ring.claim(length);
            if (at != FlightRing.FULL) {
                return at;
            }
            if (spins < SPINS) {
                Thread.yield();
            } else {
                LockSupport.parkNanos(ROOM_NAP_NS);
            }
        }
        return FlightRing.FULL;
    }

    private void run() {
        try {
            while (true) {
                boolean last = closing;
                long missing = dropped.get();
                writeAll();
                sayDropped(missing); // a gap comes after all that was in the full ring
                if (last) {
                    break;
                }
                LockSupport.parkNanos(this, NAP_NS);
            }
            journal.close();
        } catch (RuntimeException | InternalError e) {
            stopped = true;
            complaints.accept(
                    "recording ends, all else goes on: journal="
                            + directory
                            + " reason="
                            + (e instanceof SoftpathException s ? s.errno().name() : "failure")
                            + ": "
                            + e.getMessage());
            journal.abandon();
        } finally {
            stopped = true;
            ring.remove();
            ring.close();
        }
    }

    /** Writes what is in the ring now, but for what somebody is long in the middle of. */
    private void writeAll() {
        long end = ring.tail();
        for (int looks = 0; ring.head() < end && looks < UNFINISHED_LOOKS; looks++) {
            if (writeBatch()) {
                looks = 0;
            }
        }
    }

    private boolean writeBatch() {
        batch.clear();
        int bytes = ring.copyTo(batch);
        if (batch.events() != 0) {
            sink.append(batch);
        }
        if (bytes != 0) {
            ring.free(bytes); // now that the events are safe in the journal
        }
        return bytes != 0;
    }

    private void sayDropped(long missing) {
        if (missing != droppedSaid) {
            journal.droppedInAll(missing);
            journal.append(FlightKind.JOURNAL_GAP, missing - droppedSaid, missing, 0, 0, 0, 0);
            droppedSaid = missing;
        }
    }

    /** Writes what was recorded and ends the journal. What is recorded from now on is lost. */
    @Override
    public void close() {
        closing = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive() && Thread.currentThread() != thread) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

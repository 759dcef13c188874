package io.softpath.apps.bigcopy;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.psm.engine.Request;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Rank 0: its file's thread reads chunks into slots, the main thread sends them. */
final class SendingRank implements Station.Work {
    private final Station station;
    private final MemorySegment[] memory; // by slot
    private final Slots slots;
    private final Request[] sends; // by slot
    private final ProgressBar bar;
    private long sent; // chunks below this were given to the queue
    private long written; // chunks below this are in the receiver's file
    private long last = Long.MAX_VALUE; // the last chunk's number

    SendingRank(Station station, MemorySegment[] memory, ProgressBar bar) {
        this.station = station;
        this.memory = memory;
        this.slots = new Slots(memory.length);
        this.sends = new Request[memory.length];
        this.bar = bar;
    }

    /** What the file's thread does: reads all of it. */
    void read(Source source, Checksum checksum) throws IOException, InterruptedException {
        try (source) {
            boolean last = false;
            while (!last) {
                ByteBuffer buffer = memory[slots.slot(slots.awaitRoom())].asByteBuffer();
                source.read(buffer);
                last = buffer.hasRemaining();
                checksum.update(buffer.flip());
                slots.fill(new Chunk(buffer.limit(), checksum.crc(), last));
            }
        }
    }

    @Override
    public boolean hasNews() {
        return sent < slots.filled() || isFreed();
    }

    private boolean isFreed() {
        long oldest = slots.emptied();
        return oldest < sent && sends[slots.slot(oldest)].isComplete();
    }

    @Override
    public void step() {
        for (; sent < slots.filled(); sent++) {
            int slot = slots.slot(sent);
            Chunk chunk = slots.chunk(sent);
            last = chunk.last() ? sent : last;
            sends[slot] = station.send(chunk.tagged(sent), memory[slot], chunk.length());
        }
        while (isFreed()) {
            station.end(sends[slots.slot(slots.emptied())]);
            slots.empty(slots.emptied() + 1);
        }
        bar.update(written * memory[0].byteSize(), System.nanoTime());
    }

    @Override
    public long written() {
        return 0;
    }

    @Override
    public void news(long newWritten) {
        if (newWritten < written || newWritten > sent) {
            throw SoftpathException.of(
                    Errno.EPROTO,
                    "the receiver says what cannot be: written=" + newWritten + " " + this);
        }
        written = newWritten;
    }

    @Override
    public boolean isDone() {
        return written > last;
    }

    /** Chunks. */
    long sent() {
        return sent;
    }

    @Override
    public String toString() {
        return "read="
                + slots.filled()
                + " sent="
                + sent
                + " received="
                + slots.emptied()
                + " written="
                + written;
    }
}

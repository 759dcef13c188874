package io.softpath.apps.bigcopy;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.psm.Status;
import io.softpath.psm.engine.Request;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Rank 1: the main thread receives chunks into slots, its file's thread writes them. */
final class ReceivingRank implements Station.Work {
    private final Station station;
    private final MemorySegment[] memory; // by slot
    private final Slots slots;
    private final Request[] receives; // by slot
    private long asked; // there is a receive for all chunks below this
    private long last = Long.MAX_VALUE; // the last chunk's number
    private volatile boolean released;

    ReceivingRank(Station station, MemorySegment[] memory) {
        this.station = station;
        this.memory = memory;
        this.slots = new Slots(memory.length);
        this.receives = new Request[memory.length];
    }

    /** What the file's thread does: checks and writes all that comes. */
    void write(Target target, Checksum checksum) throws IOException, InterruptedException {
        boolean last = false;
        while (!last) {
            long number = slots.awaitFilled();
            Chunk chunk = slots.chunk(number);
            last = chunk.last();
            ByteBuffer buffer = memory[slots.slot(number)].asByteBuffer().limit(chunk.length());
            checksum.update(buffer);
            if (checksum.crc() != chunk.crc()) {
                throw SoftpathException.of(
                        Errno.EBADMSG,
                        String.format(
                                "something changed on the way: bytes=%d..%d CRC-32C=%08x"
                                        + " atTheSender=%08x",
                                checksum.bytes() - buffer.limit(),
                                checksum.bytes() - 1,
                                checksum.crc(),
                                chunk.crc()));
            }
            target.write(buffer);
            slots.empty(number + 1);
        }
    }

    @Override
    public boolean hasNews() {
        return mayAsk() || hasCome() || released;
    }

    private boolean mayAsk() {
        return last == Long.MAX_VALUE && asked < slots.emptied() + slots.count();
    }

    private boolean hasCome() {
        long next = slots.filled();
        return next < asked && next <= last && receives[slots.slot(next)].isComplete();
    }

    @Override
    public void step() {
        while (hasCome()) {
            take(slots.filled());
        }
        for (; mayAsk(); asked++) {
            int slot = slots.slot(asked);
            receives[slot] = station.receive(Chunk.tag(asked), memory[slot]);
        }
    }

    private void take(long number) {
        int slot = slots.slot(number);
        Status status = station.end(receives[slot]);
        int slotBytes = (int) memory[slot].byteSize();
        Chunk chunk = Chunk.of(status.tag(), status.messageLength(), slotBytes);
        if (chunk.last()) {
            last = number;
            for (long behind = number + 1; behind < asked; behind++) {
                station.cancel(receives[slots.slot(behind)]);
            }
        }
        slots.fill(chunk);
    }

    @Override
    public long written() {
        return slots.emptied();
    }

    @Override
    public void news(long written) {
        // The sender lives.
    }

    /** The sender knows that everything is written: it need not be told again. Any thread. */
    void release() {
        released = true;
    }

    @Override
    public boolean isDone() {
        return released;
    }

    @Override
    public String toString() {
        return "asked=" + asked + " received=" + slots.filled() + " written=" + slots.emptied();
    }
}

package io.softpath.apps.bigcopy;

import io.softpath.driver.ReceivedPacket;
import io.softpath.driver.expected.ExpectedSender;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Rank 0: its file's thread reads chunks into slots, the main thread sends them. */
final class SendingRank implements Station.Work, SendingEnd.Port {
    private final Station station;
    private final Memory memory;
    private final int slotBytes;
    private final Slots slots;
    private final SendingEnd end;
    private final ExpectedSender[] senders; // by slot
    private final ProgressBar bar;
    private long resumed;

    SendingRank(Station station, Memory memory, int slotBytes, int slotCount, ProgressBar bar) {
        this.station = station;
        this.memory = memory;
        this.slotBytes = slotBytes;
        this.slots = new Slots(slotCount);
        this.end = new SendingEnd(slots, this, 0);
        this.senders = new ExpectedSender[slots.count()];
        this.bar = bar;
        Arrays.setAll(senders, i -> station.context().expected().sender(station.peer()));
    }

    /** What the file's thread does: reads all of it. */
    void read(Source source, Checksum checksum) throws IOException, InterruptedException {
        ByteBuffer[] buffers = memory.slots(slotBytes, slots.count());
        try (source) {
            boolean last = false;
            while (!last) {
                ByteBuffer buffer = buffers[slots.slot(slots.awaitRoom())].clear();
                source.read(buffer);
                last = buffer.hasRemaining();
                checksum.update(buffer.flip());
                slots.fill(Chunk.of(buffer.limit(), checksum.crc(), last));
                station.wake();
            }
        }
    }

    @Override
    public void onPacket(ReceivedPacket packet) {
        switch (packet.subOpcode()) {
            case Station.GRANT -> granted(packet);
            case Station.NAK -> resume(packet.data0(), packet.data1());
            case Station.STATUS -> end.status(packet.data0(), packet.data1());
            default -> {} // not of this program
        }
    }

    private void granted(ReceivedPacket grant) {
        int slot = end.granted(grant.data0());
        if (slot < 0) {
            return;
        }
        int length = Chunk.length(slots.chunk(grant.data0()));
        senders[slot].begin(grant, memory.region(), (long) slot * slotBytes, length);
        if (senders[slot].length() != length) {
            throw SoftpathException.of(
                    Errno.EPROTO,
                    "the receiver granted a part of a chunk: chunk="
                            + grant.data0()
                            + " length="
                            + length
                            + " granted="
                            + senders[slot].length());
        }
    }

    private void resume(long descriptor, long point) {
        for (int slot = 0; slot < senders.length; slot++) {
            if (end.isGranted(slot) && senders[slot].resume(descriptor, point)) {
                end.resumed(slot);
                resumed++;
            }
        }
    }

    @Override
    public boolean step(long nowNs) {
        bar.update(writtenBytes(), System.nanoTime());
        return end.step(nowNs);
    }

    private long writtenBytes() {
        return end.written() * slotBytes;
    }

    @Override
    public boolean isDone() {
        return end.isAllWritten();
    }

    @Override
    public boolean needsBuffer() {
        return end.hasData();
    }

    /** How often the receiver wanted something again. */
    long resumed() {
        return resumed;
    }

    @Override
    public boolean offer(long number, long chunk) {
        return station.say(Station.OFFER, number, chunk);
    }

    @Override
    public boolean alive() {
        return station.say(Station.ALIVE, 0, 0);
    }

    @Override
    public boolean data(int slot) {
        int before = senders[slot].sent();
        synchronized (station.sending()) {
            var _ = senders[slot].send();
        }
        return senders[slot].sent() > before;
    }

    @Override
    public boolean isOut(int slot) {
        return senders[slot].isDone();
    }

    @Override
    public String toString() {
        return end.toString();
    }
}

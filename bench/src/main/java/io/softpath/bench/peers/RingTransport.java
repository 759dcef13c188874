package io.softpath.bench.peers;

import org.agrona.BufferUtil;
import org.agrona.IoUtil;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

import java.io.File;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.file.Path;

/** Two of Agrona's rings for one writer and one reader each, in a file that both map. */
final class RingTransport implements Transport, MessageHandler {
    private static final int RING_BYTES = (1 << 17) + RingBufferDescriptor.TRAILER_LENGTH;
    private static final int TYPE = 1;

    private final MappedByteBuffer file;
    private final OneToOneRingBuffer out;
    private final OneToOneRingBuffer in;
    private long received;

    private RingTransport(MappedByteBuffer file, int outRing) {
        this.file = file;
        out = ring(outRing);
        in = ring(1 - outRing);
    }

    private OneToOneRingBuffer ring(int index) {
        return new OneToOneRingBuffer(new UnsafeBuffer(file, index * RING_BYTES, RING_BYTES));
    }

    static Transport serve(Path directory) {
        return new RingTransport(IoUtil.mapNewFile(path(directory), 2L * RING_BYTES), 1);
    }

    static Transport connect(Path directory) {
        return new RingTransport(IoUtil.mapExistingFile(path(directory), "rings"), 0);
    }

    private static File path(Path directory) {
        return directory.resolve("rings").toFile();
    }

    @Override
    public void send(long number) {
        int at = out.tryClaim(TYPE, Long.BYTES);
        while (at < 0) {
            Thread.onSpinWait();
            at = out.tryClaim(TYPE, Long.BYTES);
        }
        out.buffer().putLong(at, number);
        out.commit(at);
    }

    @Override
    public long receive() {
        while (in.read(this, 1) == 0) {
            Thread.onSpinWait();
        }
        return received;
    }

    @Override
    public void onMessage(int type, MutableDirectBuffer buffer, int index, int length) {
        received = buffer.getLong(index);
    }

    @Override
    public void close() throws IOException {
        BufferUtil.free(file);
    }
}

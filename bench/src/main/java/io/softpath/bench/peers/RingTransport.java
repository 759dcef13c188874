package io.softpath.bench.peers;

import io.softpath.bench.mq.Size;

import org.agrona.BufferUtil;
import org.agrona.IoUtil;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.file.Path;

/** Two of Agrona's rings for one writer and one reader each, in a file that both map. */
final class RingTransport implements Transport, MessageHandler {
    private static final int RING_BYTES = (1 << 17) + RingBufferDescriptor.TRAILER_LENGTH;
    private static final int TYPE = 1;
    private static final int MESSAGES = 64;

    private final MappedByteBuffer file;
    private final OneToOneRingBuffer out;
    private final OneToOneRingBuffer in;
    private final UnsafeBuffer whole;
    private final MessageHandler taking = this::onPiece;
    private int wholeBytes;
    private long received;
    private Received into;

    private RingTransport(MappedByteBuffer file, Size size, int outRing) {
        whole = new UnsafeBuffer(ByteBuffer.allocateDirect(size.bytes()));
        this.file = file;
        out = ring(outRing);
        in = ring(1 - outRing);
    }

    private OneToOneRingBuffer ring(int index) {
        return new OneToOneRingBuffer(new UnsafeBuffer(file, index * RING_BYTES, RING_BYTES));
    }

    static Transport serve(Path directory, Size size) {
        return new RingTransport(IoUtil.mapNewFile(path(directory), 2L * RING_BYTES), size, 1);
    }

    static Transport connect(Path directory, Size size) {
        return new RingTransport(IoUtil.mapExistingFile(path(directory), "rings"), size, 0);
    }

    private static File path(Path directory) {
        return directory.resolve("rings").toFile();
    }

    private int claim(int bytes) {
        int at = out.tryClaim(TYPE, bytes);
        while (at < 0) {
            Thread.onSpinWait();
            at = out.tryClaim(TYPE, bytes);
        }
        return at;
    }

    @Override
    public void send(long number) {
        int at = claim(Long.BYTES);
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

    /** A record holds an eighth of a ring at most: longer messages go in pieces. */
    @Override
    public void send(Message message) {
        int piece;
        for (int sent = 0; sent < message.length(); sent += piece) {
            piece = Math.min(message.length() - sent, out.maxMsgLength());
            int at = claim(piece);
            out.buffer().putBytes(at, message.buffer(), sent, piece);
            out.commit(at);
        }
    }

    @Override
    public void receive(Received messages) {
        into = messages;
        while (in.read(taking, MESSAGES) == 0) {
            Thread.onSpinWait();
        }
    }

    private void onPiece(int type, MutableDirectBuffer buffer, int index, int length) {
        if (length == into.length()) {
            into.take(buffer, index, length);
            return;
        }
        whole.putBytes(wholeBytes, buffer, index, length);
        wholeBytes += length;
        if (wholeBytes == into.length()) {
            wholeBytes = 0;
            into.take(whole, 0, into.length());
        }
    }

    @Override
    public void close() throws IOException {
        BufferUtil.free(file);
    }
}

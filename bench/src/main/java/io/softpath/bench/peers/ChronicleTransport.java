package io.softpath.bench.peers;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;

import org.agrona.concurrent.UnsafeBuffer;

import java.nio.file.Path;

/** A Chronicle Queue each way. */
final class ChronicleTransport implements Transport {
    private static final String THERE = "there";
    private static final String BACK = "back";
    private static final int MOST_BYTES = 64;

    private final ChronicleQueue outQueue;
    private final ChronicleQueue inQueue;
    private final ExcerptAppender out;
    private final ExcerptTailer in;

    private final UnsafeBuffer message = new UnsafeBuffer(new byte[MOST_BYTES]);

    private ChronicleTransport(Path directory, String outName, String inName) {
        outQueue = SingleChronicleQueueBuilder.binary(directory.resolve(outName)).build();
        inQueue = SingleChronicleQueueBuilder.binary(directory.resolve(inName)).build();
        out = outQueue.createAppender();
        in = inQueue.createTailer();
    }

    static Transport serve(Path directory) {
        return new ChronicleTransport(directory, BACK, THERE);
    }

    static Transport connect(Path directory) {
        return new ChronicleTransport(directory, THERE, BACK);
    }

    @Override
    public void send(long number) {
        try (DocumentContext document = out.writingDocument()) {
            document.wire().bytes().writeLong(number);
        }
    }

    @Override
    public long receive() {
        while (true) {
            try (DocumentContext document = in.readingDocument()) {
                if (document.isPresent()) {
                    return document.wire().bytes().readLong();
                }
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public void send(Message sent) {
        try (DocumentContext document = out.writingDocument()) {
            Bytes<?> bytes = document.wire().bytes();
            for (int at = 0; at < sent.length(); at += Long.BYTES) {
                bytes.writeLong(sent.buffer().getLong(at));
            }
        }
    }

    @Override
    public void receive(Received into) {
        while (!take(into)) {
            Thread.onSpinWait();
        }
    }

    private boolean take(Received into) {
        try (DocumentContext document = in.readingDocument()) {
            if (!document.isPresent()) {
                return false;
            }
            Bytes<?> bytes = document.wire().bytes();
            int length = Math.toIntExact(bytes.readRemaining());
            for (int at = 0; at < length; at += Long.BYTES) {
                message.putLong(at, bytes.readLong());
            }
            into.take(message, 0, length);
            return true;
        }
    }

    @Override
    public void close() {
        out.close();
        in.close();
        outQueue.close();
        inQueue.close();
    }
}

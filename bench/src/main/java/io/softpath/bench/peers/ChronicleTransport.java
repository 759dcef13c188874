package io.softpath.bench.peers;

import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;
import net.openhft.chronicle.wire.DocumentContext;

import java.nio.file.Path;

/** A Chronicle Queue each way. */
final class ChronicleTransport implements Transport {
    private static final String THERE = "there";
    private static final String BACK = "back";

    private final ChronicleQueue outQueue;
    private final ChronicleQueue inQueue;
    private final ExcerptAppender out;
    private final ExcerptTailer in;

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
    public void close() {
        out.close();
        in.close();
        outQueue.close();
        inQueue.close();
    }
}

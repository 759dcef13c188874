package io.softpath.apps.bigcopy;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where rank 0's bytes come from. Closed by the thread that reads. */
final class Source implements AutoCloseable {
    /** The length of a pipe is known when it has ended. */
    static final long UNKNOWN = -1;

    private final ReadableByteChannel channel;
    private final String name;
    private final long bytes;

    private Source(ReadableByteChannel channel, String name, long bytes) {
        this.channel = channel;
        this.name = name;
        this.bytes = bytes;
    }

    /** Refuses what cannot be read, without opening it: a pipe would wait for its writer. */
    static void check(Options options) {
        if (options.isMadeUp() || options.isStdin()) {
            return;
        }
        Path file = Path.of(options.from());
        if (!Files.exists(file)) {
            throw new Refusal("FROM: there is no " + file);
        }
        if (Files.isDirectory(file)) {
            throw new Refusal("FROM: " + file + " is a directory; pack it first, say with tar");
        }
        if (!Files.isReadable(file)) {
            throw new Refusal("FROM: you may not read " + file);
        }
    }

    static Source open(Options options) throws IOException {
        if (options.isMadeUp()) {
            return new Source(new MadeUp(options.sizeBytes()), "made-up data", options.sizeBytes());
        }
        if (options.isStdin()) {
            @SuppressWarnings("resource") // closing the channel closes it
            FileChannel channel = new FileInputStream(FileDescriptor.in).getChannel();
            return new Source(channel, "standard input", UNKNOWN);
        }
        Path file = Path.of(options.from());
        FileChannel channel = FileChannel.open(file);
        try {
            long bytes = Files.isRegularFile(file) ? channel.size() : UNKNOWN;
            return new Source(channel, file.toString(), bytes);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** How many bytes there are, or {@link #UNKNOWN}; a file may change meanwhile. */
    long bytes() {
        return bytes;
    }

    /** Fills the buffer; it has room left only where the source ends. */
    void read(ByteBuffer buffer) throws IOException {
        int count = 0;
        while (count >= 0 && buffer.hasRemaining()) {
            count = channel.read(buffer);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public String toString() {
        return name;
    }

    /** Bytes that follow from their place: qword {@code n} is {@code mixed(n)}, little-endian. */
    static final class MadeUp implements ReadableByteChannel {
        private final long bytes;
        private long position;

        MadeUp(long bytes) {
            this.bytes = bytes;
        }

        @Override
        public int read(ByteBuffer target) {
            int count = (int) Math.min(target.remaining(), bytes - position);
            if (count == 0) {
                return -1;
            }
            target.order(ByteOrder.LITTLE_ENDIAN);
            int left = count;
            for (; left >= Long.BYTES && position % Long.BYTES == 0; left -= Long.BYTES) {
                target.putLong(mixed(position / Long.BYTES));
                position += Long.BYTES;
            }
            for (; left > 0; left--) {
                int shift = (int) (position % Long.BYTES) * Byte.SIZE;
                target.put((byte) (mixed(position / Long.BYTES) >>> shift));
                position++;
            }
            return count;
        }

        /** Source: the finaliser of SplitMix64, java.util.SplittableRandom. */
        private static long mixed(long number) {
            long z = (number + 1) * 0x9E37_79B9_7F4A_7C15L;
            z = (z ^ z >>> 30) * 0xBF58_476D_1CE4_E5B9L;
            z = (z ^ z >>> 27) * 0x94D0_49BB_1331_11EBL;
            return z ^ z >>> 31;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}

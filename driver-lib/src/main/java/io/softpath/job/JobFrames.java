package io.softpath.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;

/**
 * What travels on a job's stream socket, little-endian.
 *
 * <pre>
 * client, once:        u32 rank
 * client, collective:  u32 length | bytes
 * server, to each:     for each rank: u32 length | bytes
 * server, failure:     u32 0xFFFFFFFF | u32 length | a sentence in UTF-8, then end of file
 * </pre>
 */
final class JobFrames {
    /** The most that one rank contributes to one collective. */
    static final int MAX_BYTES = 16 << 20;

    /** Stands where a length would: the collective failed, a sentence follows. */
    static final int FAILED = -1;

    private JobFrames() {}

    static int readInt(SocketChannel channel) throws IOException {
        ByteBuffer four = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        readFully(channel, four);
        return four.getInt(0);
    }

    static byte[] readBytes(SocketChannel channel, int length) throws IOException {
        if (length < 0 || length > MAX_BYTES) {
            throw new IOException("job frame: length=" + length + " is outside 0.." + MAX_BYTES);
        }
        byte[] bytes = new byte[length];
        readFully(channel, ByteBuffer.wrap(bytes));
        return bytes;
    }

    static void writeInt(SocketChannel channel, int value) throws IOException {
        writeFully(channel, little(Integer.BYTES).putInt(value));
    }

    /** Writes each part behind its length. */
    static void writeParts(SocketChannel channel, byte[]... parts) throws IOException {
        int total = 0;
        for (byte[] part : parts) {
            total = Math.addExact(total, Integer.BYTES + part.length);
        }
        ByteBuffer frame = little(total);
        for (byte[] part : parts) {
            frame.putInt(part.length).put(part);
        }
        writeFully(channel, frame);
    }

    static void writeFailure(SocketChannel channel, String sentence) throws IOException {
        byte[] text = sentence.getBytes(UTF_8);
        writeFully(channel, little(8 + text.length).putInt(FAILED).putInt(text.length).put(text));
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void readFully(SocketChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("end of file");
            }
        }
    }

    private static void writeFully(SocketChannel channel, ByteBuffer buffer) throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}

package io.softpath.apps.exchange;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What this process did, written down before it goes on: it is there even if it is killed then. */
final class History implements AutoCloseable {
    static final int BYTES = 48;

    /** What happened. */
    enum What {
        SENT,
        ACKED,
        FAILED,
        DELIVERED
    }

    private final FileChannel file; // null: nobody wants to know
    private final ByteBuffer record =
            ByteBuffer.allocateDirect(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final int[] counts = new int[What.values().length];
    private int wrong;

    private History(FileChannel file) {
        this.file = file;
    }

    static History none() {
        return new History(null);
    }

    static History open(Path path) {
        try {
            return new History(
                    FileChannel.open(
                            path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a history", e);
        }
    }

    /** Before it is sent. */
    void sent(long tag, int length, int checksum) {
        write(What.SENT, tag, length, checksum, 0, 0, 0);
    }

    void acked(long tag) {
        write(What.ACKED, tag, 0, 0, 0, 0, 0);
    }

    /** It was never acknowledged, and will not be. */
    void failed(long tag, int reason) {
        write(What.FAILED, tag, 0, 0, 0, 0, reason);
    }

    /**
     * Before it is acknowledged.
     *
     * @param receiver its incarnation
     * @param slot the how manieth receive took it
     */
    void delivered(long tag, int receiver, long slot, MemorySegment message) {
        int firstWrong = Contents.firstWrong(message, tag);
        wrong += firstWrong < 0 ? 0 : 1;
        write(
                What.DELIVERED,
                tag,
                (int) message.byteSize(),
                Contents.checksum(message),
                receiver,
                slot,
                firstWrong);
    }

    /** Messages delivered whose contents were not theirs. */
    int wrong() {
        return wrong;
    }

    int count(What what) {
        return counts[what.ordinal()];
    }

    private void write(
            What what, long tag, int length, int checksum, int receiver, long slot, int detail) {
        counts[what.ordinal()]++;
        if (file == null) {
            return;
        }
        record.clear().putLong(System.nanoTime()).putLong(tag).putLong(slot);
        record.putInt(what.ordinal()).putInt(length).putInt(checksum);
        record.putInt(receiver).putInt(detail).putInt(0).flip();
        try {
            file.write(record);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to the history", e);
        }
    }

    @Override
    public void close() {
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot close the history", e);
            }
        }
    }
}

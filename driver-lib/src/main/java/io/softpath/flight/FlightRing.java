package io.softpath.flight;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RecordDescriptor;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The ring between those who record and the thread that writes the journal: Agrona's, in a mapped
 * file beside the segments, so that what is in it when the process is killed is not lost ({@link
 * RingRemains} reads it). The file is locked as long as the process lives.
 *
 * <p>Each event carries where in the ring it was, in qwords, as its qword number. That is unique
 * among all events that are in the ring at a time, and tells which of them the journal has already.
 */
final class FlightRing implements AutoCloseable {
    static final String NAME = "ring";

    /** Qword numbers of the ring just fit 16 bits. */
    static final int BYTES = 512 * 1024;

    static final int FILE_BYTES = BYTES + RingBufferDescriptor.TRAILER_LENGTH;
    static final int EVENT = 1;

    static final int HEAD = BYTES + RingBufferDescriptor.HEAD_POSITION_OFFSET;
    static final int TAIL = BYTES + RingBufferDescriptor.TAIL_POSITION_OFFSET;

    /** Where the head goes while its bytes are zeroed; in the padding that Agrona has behind it. */
    static final int WRITTEN = HEAD + Long.BYTES;

    /** There is no room. */
    static final int FULL = -1;

    private static final int CHUNK_BYTES = 64 * 1024;

    /**
     * The rings of this process. Closing any descriptor of a file gives up all locks that the
     * process has on it, so nobody here may open one that is in use.
     */
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;
    private final MemorySegment memory;
    private final UnsafeBuffer buffer;
    private final ManyToOneRingBuffer ring;

    private FlightRing(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, FILE_BYTES, Arena.ofAuto());
        buffer = new UnsafeBuffer(memory.asByteBuffer());
        ring = new ManyToOneRingBuffer(buffer);
    }

    /**
     * Makes the ring of a journal, all of it on the disk: a store to it cannot fail.
     *
     * @throws SoftpathException ENOSPC: there is no room
     */
    static FlightRing create(Path journal) {
        Path file = journal.resolve(NAME).toAbsolutePath();
        OURS.add(file);
        try {
            FileChannel channel =
                    FileChannel.open(
                            file,
                            StandardOpenOption.CREATE_NEW,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
            fill(channel);
            FlightRing ring = new FlightRing(file, channel);
            channel.lock(); // a reader may have it for a moment
            return ring;
        } catch (IOException e) {
            OURS.remove(file);
            throw SoftpathException.of(
                    Errno.ENOSPC,
                    "no room for the ring of a journal: file="
                            + file
                            + " wantedBytes="
                            + FILE_BYTES
                            + ": "
                            + e.getMessage(),
                    e);
        }
    }

    private static void fill(FileChannel channel) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocate(CHUNK_BYTES);
        for (int at = 0; at < FILE_BYTES; ) {
            zeros.clear().limit(Math.min(CHUNK_BYTES, FILE_BYTES - at));
            at += channel.write(zeros, at);
        }
    }

    /** Whether this process is using that ring. */
    static boolean isOurs(Path file) {
        return OURS.contains(file.toAbsolutePath());
    }

    /**
     * Takes room for an event; {@link #commit} shows it to the journal's thread.
     *
     * @return where in {@link #buffer} it goes, or {@link #FULL}
     */
    int claim(int length) {
        int at = ring.tryClaim(EVENT, length);
        return at < 0 ? FULL : at;
    }

    /** What names an event that is at some place of {@link #buffer}. */
    static int qword(int at) {
        return at >>> 3;
    }

    void commit(int at) {
        ring.commit(at);
    }

    /** Commits, or gives the room up: the journal's thread would wait for it for ever. */
    void end(int at, boolean whole) {
        if (whole) {
            ring.commit(at);
        } else {
            ring.abort(at);
        }
    }

    UnsafeBuffer buffer() {
        return buffer;
    }

    /** The same memory, for copies from segments. */
    MemorySegment memory() {
        return memory;
    }

    /**
     * Adds events to a batch, the oldest first, as many as it takes. They stay in the ring until
     * {@link #free}: a kill in between loses nothing.
     *
     * @return how many bytes of the ring they take; 0 if there is none, or the first is unfinished
     */
    int copyTo(EventBatch batch) {
        long head = head();
        int bytes = 0;
        while (bytes < BYTES) {
            int record = index(head + bytes);
            int length = buffer.getIntVolatile(RecordDescriptor.lengthOffset(record));
            if (length <= 0 || isEvent(record) && !add(batch, record, length)) {
                break;
            }
            bytes += BitUtil.align(length, RecordDescriptor.ALIGNMENT);
        }
        return bytes;
    }

    private boolean isEvent(int record) {
        return buffer.getInt(RecordDescriptor.typeOffset(record)) == EVENT; // or padding
    }

    private boolean add(EventBatch batch, int record, int length) {
        return batch.add(
                buffer,
                RecordDescriptor.encodedMsgOffset(record),
                length - RecordDescriptor.HEADER_LENGTH);
    }

    /** Gives up the room of the oldest bytes: zeros, as whoever claims them next expects. */
    void free(int bytes) {
        long head = head();
        // before the zeros: a kill may leave half of an event, which is none
        buffer.putLongVolatile(WRITTEN, head + bytes);
        int at = index(head);
        int straight = Math.min(bytes, BYTES - at);
        buffer.setMemory(at, straight, (byte) 0);
        buffer.setMemory(0, bytes - straight, (byte) 0);
        buffer.putLongRelease(HEAD, head + bytes);
    }

    private static int index(long position) {
        return (int) position & BYTES - 1;
    }

    /** Up to where events were taken out, of all bytes that ever were claimed. */
    long head() {
        return buffer.getLongVolatile(HEAD);
    }

    /** Up to where room was claimed. */
    long tail() {
        return ring.producerPosition();
    }

    /** What was put in and not taken out. */
    int bytes() {
        return ring.size();
    }

    /** To be called when everything of it is in the journal, or nothing can be done about it. */
    void remove() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove a ring: " + file, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close a ring: " + file, e);
        } finally {
            OURS.remove(file);
        }
    }
}

package io.softpath.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * This process's place in a job: its rank, how many there are, and the two collectives that ranks
 * need to find each other before the chip can carry anything.
 *
 * <p>The launcher sets {@code SOFTPATH_RANK}, {@code SOFTPATH_SIZE} and {@code SOFTPATH_JOB}.
 * Without them the process is a job of one. Every rank must call the same collectives in the same
 * order; a collective waits as long as all ranks live.
 */
public final class Job implements AutoCloseable {
    private final int rank;
    private final int size;
    private final SocketChannel channel; // null: a job of one
    private volatile boolean closed;

    private Job(int rank, int size, SocketChannel channel) {
        this.rank = rank;
        this.size = size;
        this.channel = channel;
    }

    /**
     * Joins the job that the launcher described in the environment; a job of one if it did not.
     *
     * @throws SoftpathException.Refused EINVAL if the environment makes no sense
     * @throws SoftpathException.Lost ENOTCONN if the launcher is gone
     */
    public static Job fromEnvironment() {
        return fromEnvironment(System.getenv());
    }

    static Job fromEnvironment(Map<String, String> environment) {
        String socket = environment.get("SOFTPATH_JOB");
        if (socket == null || socket.isEmpty()) {
            return solo();
        }
        int size = number(environment, "SOFTPATH_SIZE");
        return connect(Path.of(socket), number(environment, "SOFTPATH_RANK"), size);
    }

    /** A job of one rank, without a launcher. */
    public static Job solo() {
        return new Job(0, 1, null);
    }

    /**
     * Joins as one rank of a job.
     *
     * @throws SoftpathException.Refused EINVAL if the rank is outside the job
     * @throws SoftpathException.Lost ENOTCONN if nobody serves the socket
     */
    public static Job connect(Path socket, int rank, int size) {
        if (size < 1 || rank < 0 || rank >= size) {
            throw SoftpathException.of(
                    Errno.EINVAL, "job: rank=" + rank + " is outside 0.." + (size - 1));
        }
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(socket));
            JobFrames.writeInt(channel, rank);
            return new Job(rank, size, channel);
        } catch (IOException | IllegalArgumentException e) {
            quietlyClose(channel);
            throw SoftpathException.of(
                    Errno.ENOTCONN, "job: nobody serves the job socket: path=" + socket, e);
        }
    }

    /** This process's number, from 0. */
    public int rank() {
        return rank;
    }

    /** How many ranks the job has. */
    public int size() {
        return size;
    }

    /**
     * Gives every rank everybody's bytes, in rank order. Waits until all ranks have called it.
     *
     * @throws SoftpathException.Refused EMSGSIZE if {@code mine} is longer than 16 MiB, EBADF after
     *     {@link #close}
     * @throws SoftpathException.Lost ENOTCONN if a rank or the launcher ended before
     */
    public synchronized byte[][] allGather(byte[] mine) {
        if (mine.length > JobFrames.MAX_BYTES) {
            throw SoftpathException.of(
                    Errno.EMSGSIZE,
                    "job: bytes=" + mine.length + " is above the limit of " + JobFrames.MAX_BYTES);
        }
        if (closed) {
            throw SoftpathException.of(Errno.EBADF, "job: closed: rank=" + rank);
        }
        if (channel == null) {
            return new byte[][] {mine.clone()};
        }
        try {
            JobFrames.writeParts(channel, mine);
            return readAll();
        } catch (IOException e) {
            throw failed("job: the launcher is gone: rank=" + rank + ": " + e.getMessage(), e);
        }
    }

    /** {@link #allGather(byte[])} of strings. */
    public List<String> allGather(String mine) {
        List<String> all = new ArrayList<>(size);
        for (byte[] bytes : allGather(mine.getBytes(UTF_8))) {
            all.add(new String(bytes, UTF_8));
        }
        return List.copyOf(all);
    }

    /** Waits until every rank is here. */
    public void barrier() {
        allGather(new byte[0]);
    }

    /** Leaves the job. A rank that leaves while others wait for it fails their collective. */
    @Override
    public void close() {
        closed = true;
        quietlyClose(channel);
    }

    @Override
    public String toString() {
        return "rank " + rank + " of " + size;
    }

    private byte[][] readAll() throws IOException {
        byte[][] all = new byte[size][];
        for (int i = 0; i < size; i++) {
            int length = JobFrames.readInt(channel);
            if (length == JobFrames.FAILED) {
                byte[] text = JobFrames.readBytes(channel, JobFrames.readInt(channel));
                throw failed("job: " + new String(text, UTF_8), null);
            }
            all[i] = JobFrames.readBytes(channel, length);
        }
        return all;
    }

    private SoftpathException failed(String message, IOException cause) {
        if (closed) {
            return SoftpathException.of(Errno.EBADF, "job: closed: rank=" + rank, cause);
        }
        close();
        return SoftpathException.of(Errno.ENOTCONN, message, cause);
    }

    private static int number(Map<String, String> environment, String name) {
        String text = environment.get(name);
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw SoftpathException.of(
                    Errno.EINVAL, "job: " + name + "=" + text + " is not a number", e);
        }
    }

    private static void quietlyClose(SocketChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                // Nothing that the caller could do about it.
            }
        }
    }
}

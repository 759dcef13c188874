package io.softpath.job;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The launcher's side of a {@link Job}: accepts one connection per rank and answers each collective
 * when all ranks have sent their part.
 *
 * <p>One virtual thread accepts, one serves each rank. A rank that ends while others wait for it,
 * or before they come to wait for it, fails the job: everybody who waits gets the reason. Ranks
 * that have all finished just leave.
 */
public final class JobServer implements AutoCloseable {
    private final Path path;
    private final int size;
    private final ServerSocketChannel listener;
    private final Object lock = new Object();

    // All below: guarded by lock.
    private final List<SocketChannel> connections = new ArrayList<>();
    private final boolean[] joined;
    private final boolean[] left;
    private byte[][] parts;
    private int partCount;
    private byte[][] lastRound;
    private long rounds;
    private String failure;

    private JobServer(Path path, int size, ServerSocketChannel listener) {
        this.path = path;
        this.size = size;
        this.listener = listener;
        this.joined = new boolean[size];
        this.left = new boolean[size];
        this.parts = new byte[size][];
    }

    /**
     * Serves a job of {@code size} ranks on a new socket.
     *
     * @throws SoftpathException.Refused EINVAL if the size is not positive
     * @throws UncheckedIOException if the socket cannot be made
     */
    public static JobServer open(Path socket, int size) {
        if (size < 1) {
            throw SoftpathException.of(Errno.EINVAL, "job: size=" + size + " must be at least 1");
        }
        try {
            ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                listener.bind(UnixDomainSocketAddress.of(socket), size);
            } catch (IOException e) {
                listener.close();
                throw e;
            }
            JobServer server = new JobServer(socket, size, listener);
            Thread.ofVirtual().name("job-accept").start(server::accept);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException("job: cannot serve path=" + socket, e);
        }
    }

    /** What a rank finds in {@code SOFTPATH_JOB}. */
    public Path path() {
        return path;
    }

    public int size() {
        return size;
    }

    /** How many collectives have been completed. */
    public long rounds() {
        synchronized (lock) {
            return rounds;
        }
    }

    /** What the ranks gave to the last completed collective, in rank order. */
    public Optional<List<byte[]>> lastGather() {
        synchronized (lock) {
            return Optional.ofNullable(lastRound).map(round -> List.of(round.clone()));
        }
    }

    /** Why the job failed, if it did. */
    public Optional<String> failure() {
        synchronized (lock) {
            return Optional.ofNullable(failure);
        }
    }

    /** Ends the job: ranks that wait get an error, later ones find nobody. Removes the socket. */
    @Override
    public void close() {
        fail("the launcher ended the job");
        try {
            listener.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException("job: cannot remove path=" + path, e);
        } finally {
            synchronized (lock) {
                connections.forEach(JobServer::quietlyEndInput);
            }
        }
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel channel = listener.accept();
                synchronized (lock) {
                    connections.add(channel);
                }
                Thread.ofVirtual().name("job-rank").start(() -> serve(channel));
            }
        } catch (IOException e) {
            fail("the launcher ended the job");
        }
    }

    private void serve(SocketChannel channel) {
        int rank = -1;
        try (channel) {
            int wanted = JobFrames.readInt(channel);
            String refusal = join(wanted);
            if (refusal != null) {
                JobFrames.writeFailure(channel, refusal);
                return;
            }
            rank = wanted;
            while (true) {
                byte[][] all =
                        exchange(rank, JobFrames.readBytes(channel, JobFrames.readInt(channel)));
                if (all == null) {
                    JobFrames.writeFailure(channel, failure().orElseThrow());
                    return;
                }
                JobFrames.writeParts(channel, all);
            }
        } catch (IOException e) {
            // The rank closed its end, or died: both look the same, and leave() tells whether it
            // matters.
        } finally {
            leave(rank);
            synchronized (lock) {
                connections.remove(channel);
            }
        }
    }

    /** Why this rank may not join, or null. */
    private String join(int rank) {
        synchronized (lock) {
            if (rank < 0 || rank >= size) {
                return "rank=" + rank + " is outside 0.." + (size - 1);
            }
            if (joined[rank]) {
                return "rank=" + rank + " has already joined";
            }
            joined[rank] = true;
            return null;
        }
    }

    /** Everybody's part of this round, or null if the job failed. */
    private byte[][] exchange(int rank, byte[] part) {
        synchronized (lock) {
            parts[rank] = part;
            partCount++;
            failIfSomebodyIsMissed();
            if (failure != null) {
                return null;
            }
            if (partCount < size) {
                long round = rounds;
                while (rounds == round && failure == null) {
                    try {
                        lock.wait();
                    } catch (InterruptedException e) {
                        fail("the launcher was interrupted");
                    }
                }
                // A later failure does not take back a round that was complete.
                return rounds != round ? lastRound : null;
            }
            lastRound = parts;
            parts = new byte[size][];
            partCount = 0;
            rounds++;
            lock.notifyAll();
            return lastRound;
        }
    }

    private void leave(int rank) {
        synchronized (lock) {
            if (rank >= 0) {
                left[rank] = true;
                failIfSomebodyIsMissed();
            }
        }
    }

    private void failIfSomebodyIsMissed() {
        if (partCount == 0) {
            return;
        }
        for (int i = 0; i < size; i++) {
            if (left[i]) {
                fail("rank " + i + " ended while others wait for it");
            }
        }
    }

    private void fail(String reason) {
        synchronized (lock) {
            if (failure == null) {
                failure = reason;
            }
            lock.notifyAll();
        }
    }

    /** Wakes the thread that reads this connection, and lets it still write its farewell. */
    private static void quietlyEndInput(SocketChannel channel) {
        try {
            channel.shutdownInput();
        } catch (IOException e) {
            // Already closed.
        }
    }

    @Override
    public String toString() {
        synchronized (lock) {
            return "job of "
                    + size
                    + " at "
                    + path
                    + ", joined="
                    + Arrays.toString(joined)
                    + ", rounds="
                    + rounds;
        }
    }
}

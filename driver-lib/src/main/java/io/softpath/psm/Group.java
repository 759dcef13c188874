package io.softpath.psm;

import io.softpath.abi.psm.EndpointId;
import io.softpath.abi.psm.PsmError;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.psm.engine.Peer;
import io.softpath.psm.engine.Request;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The ranks of a job, connected each with each, and what they do together: built on matched
 * messages and nothing else. All ranks must call the same methods in the same order.
 *
 * <p>Tags with the uppermost bit are the group's.
 */
public final class Group {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final long OWN_TAGS = 1L << 63;
    private static final int RANK_BITS = 20;

    private final Endpoint endpoint;
    private final MatchedQueue queue;
    private final int rank;
    private final List<Peer> peers;
    private final Duration patience;
    private long round;

    private Group(Endpoint endpoint, int rank, List<Peer> peers, Duration patience) {
        this.endpoint = endpoint;
        this.rank = rank;
        this.peers = peers;
        this.patience = patience;
        queue = endpoint.queue();
    }

    /**
     * Connects all ranks with each other.
     *
     * @param ids of all ranks, by rank
     * @param patience how long anything here may take
     * @throws SoftpathException.Refused ETIMEDOUT, ECONNREFUSED: which rank does not connect, and
     *     why
     */
    public static Group connect(
            Endpoint endpoint, int rank, List<EndpointId> ids, Duration patience) {
        List<Peer> peers = new ArrayList<>();
        for (Endpoint.Connected each : endpoint.connect(ids, patience)) {
            if (each.peer() == null) {
                throw each.refusal(
                        "group: rank="
                                + peers.size()
                                + " endpoint="
                                + each.id()
                                + " does not connect");
            }
            peers.add(each.peer());
        }
        return new Group(endpoint, rank, peers, patience);
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    public int rank() {
        return rank;
    }

    public int size() {
        return peers.size();
    }

    /** Whom to send to, to reach a rank. */
    public Peer peer(int ofRank) {
        return peers.get(ofRank);
    }

    private long tag(int step, int from) {
        return OWN_TAGS | round << 32 | (long) step << RANK_BITS | from;
    }

    /** Returns when all ranks have called it. In rounds, each twice as far as the one before. */
    public void barrier() {
        round++;
        int step = 0;
        for (int distance = 1; distance < size(); distance *= 2) {
            int to = (rank + distance) % size();
            int from = (rank - distance + size()) % size();
            Request receive = queue.irecv(tag(step, from), MemorySegment.NULL);
            Request send = queue.isend(peer(to), tag(step, rank), MemorySegment.NULL);
            finish(receive, "barrier", from);
            finish(send, "barrier", to);
            step++;
        }
    }

    /** Copies a root's buffer to all others, along a tree. */
    public void broadcast(int root, MemorySegment buffer) {
        round++;
        int place = (rank - root + size()) % size(); // the root's is 0
        int bit = 1;
        while (bit < size() && (place & bit) == 0) {
            bit *= 2;
        }
        if (place != 0) {
            int from = (place - bit + root) % size();
            finish(queue.irecv(tag(0, from), buffer), "broadcast", from);
        }
        for (int child = bit / 2; child > 0; child /= 2) {
            if (place + child < size()) {
                int to = (place + child + root) % size();
                finish(queue.isend(peer(to), tag(0, rank), buffer), "broadcast", to);
            }
        }
    }

    /**
     * Replaces everybody's values by their sum over all ranks. Rank 0 adds up what the others send,
     * in the order of ranks, so that the sum is the same, bit for bit, whenever it is taken.
     */
    public void allReduceSum(float[] values) {
        round++;
        MemorySegment own = MemorySegment.ofArray(new byte[values.length * Float.BYTES]);
        if (rank == 0) {
            MemorySegment theirs = MemorySegment.ofArray(new byte[values.length * Float.BYTES]);
            for (int from = 1; from < size(); from++) {
                finish(queue.irecv(tag(0, from), theirs), "allreduce", from);
                for (int i = 0; i < values.length; i++) {
                    values[i] += theirs.get(FLOAT, (long) i * Float.BYTES);
                }
            }
        }
        store(values, own);
        if (rank != 0) {
            finish(queue.isend(peer(0), tag(0, rank), own), "allreduce", 0);
        }
        broadcast(0, own);
        for (int i = 0; i < values.length; i++) {
            values[i] = own.get(FLOAT, (long) i * Float.BYTES);
        }
    }

    private static void store(float[] values, MemorySegment into) {
        for (int i = 0; i < values.length; i++) {
            into.set(FLOAT, (long) i * Float.BYTES, values[i]);
        }
    }

    /**
     * Gives every rank a block of everybody.
     *
     * @param out as many equal blocks as there are ranks, the one for rank n at place n
     * @param in the same, from rank n at place n
     */
    public void allToAll(MemorySegment out, MemorySegment in) {
        if (out.byteSize() != in.byteSize() || out.byteSize() % size() != 0) {
            throw new IllegalArgumentException(
                    "alltoall: bytes="
                            + out.byteSize()
                            + " and bytes="
                            + in.byteSize()
                            + " must be equal, and a multiple of ranks="
                            + size());
        }
        round++;
        long block = out.byteSize() / size();
        List<Request> receives = new ArrayList<>();
        List<Request> sends = new ArrayList<>();
        for (int other = 0; other < size(); other++) {
            receives.add(queue.irecv(tag(0, other), in.asSlice(other * block, block)));
        }
        for (int i = 0; i < size(); i++) {
            int to = (rank + i) % size(); // not everybody to rank 0 first
            sends.add(queue.isend(peer(to), tag(0, rank), out.asSlice(to * block, block)));
        }
        for (int other = 0; other < size(); other++) {
            finish(receives.get(other), "alltoall", other);
        }
        for (int i = 0; i < size(); i++) {
            finish(sends.get(i), "alltoall", (rank + i) % size());
        }
    }

    private void finish(Request request, String what, int with) {
        Status status = new Status();
        if (!queue.await(request, patience, status)) {
            throw SoftpathException.of(
                    Errno.ETIMEDOUT,
                    what + ": rank=" + with + " has not taken part within " + patience);
        }
        if (status.error() != PsmError.OK) {
            throw SoftpathException.of(
                    Errno.ENOTCONN, what + ": rank=" + with + ": " + status.error().sentence());
        }
    }
}

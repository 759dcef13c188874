package io.softpath.faults.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.softpath.abi.psm.EndpointId;
import io.softpath.driver.DeviceOptions;
import io.softpath.psm.Endpoint;
import io.softpath.psm.EndpointOptions;
import io.softpath.psm.MatchedQueue;
import io.softpath.psm.Status;
import io.softpath.psm.engine.Peer;
import io.softpath.psm.engine.Request;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A process that does nothing wrong: it exchanges messages with others like it, through the chip
 * and through shared memory, and looks at every byte.
 *
 * <pre>
 *  arguments  run directory, unit, job, plant
 *  prints     id ID
 *  reads      ID ID ...           of all, its own too
 *  prints     exchanged N         again and again: so many messages came, all right
 *  reads      end of file         ends
 *  prints     intact N
 * </pre>
 */
final class HonestRank {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long ENDS = 1L << 62;
    private static final int TELL_EVERY = 200;
    private static final int SPOILT_ROUND = 300;

    /** Below what goes by TID: a client may name TIDs that are not its own, as on the real chip. */
    private static final int[] SIZES = {0, 8, 60, 700, 2_000, 9_000, 30_000, 63_000};

    private final MatchedQueue queue;
    private final int own;
    private final Plant plant;
    private final List<Peer> peers = new ArrayList<>();
    private final List<Integer> places = new ArrayList<>();
    private final MemorySegment[] in;
    private final MemorySegment[] out;
    private long exchanged;

    private HonestRank(Endpoint endpoint, List<EndpointId> all, Plant plant) {
        this.plant = plant;
        queue = endpoint.queue();
        own = all.indexOf(endpoint.id());
        for (EndpointId each : all) {
            if (!each.equals(endpoint.id())) {
                peers.add(endpoint.connect(each, PATIENCE));
                places.add(all.indexOf(each));
            }
        }
        in = new MemorySegment[peers.size()];
        out = new MemorySegment[peers.size()];
        for (int i = 0; i < in.length; i++) {
            in[i] = MemorySegment.ofArray(new byte[SIZES[SIZES.length - 1]]);
            out[i] = MemorySegment.ofArray(new byte[SIZES[SIZES.length - 1]]);
        }
    }

    public static void main(String[] args) throws IOException {
        EndpointOptions options =
                EndpointOptions.ofJob(UUID.fromString(args[2]))
                        .withDevice(
                                DeviceOptions.fromEnvironment()
                                        .withDirectory(Path.of(args[0]))
                                        .withUnit(Integer.parseInt(args[1])));
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        try (Endpoint endpoint = Endpoint.open(options)) {
            System.out.println("id " + endpoint.id().value());
            List<EndpointId> all = endpoints(orders.readLine());
            HonestRank rank = new HonestRank(endpoint, all, Plant.valueOf(args[3]));
            rank.talkUntil(endOf(orders));
            System.out.println("intact " + rank.exchanged);
            endpoint.close(PATIENCE);
        }
    }

    /** As they are written in a line. */
    static List<EndpointId> endpoints(String line) {
        List<EndpointId> all = new ArrayList<>();
        for (String id : line.split(" ", -1)) {
            all.add(new EndpointId(Long.parseLong(id)));
        }
        return all;
    }

    private static AtomicBoolean endOf(BufferedReader orders) {
        AtomicBoolean ended = new AtomicBoolean();
        Thread.ofPlatform()
                .daemon()
                .start(() -> {
                    try {
                        while (orders.readLine() != null) {
                            // Nothing else is said.
                        }
                    } catch (IOException e) {
                        System.err.println("honest rank: " + e);
                    }
                    ended.set(true);
                });
        return ended;
    }

    /** All end after the same round: who has heard of the end says so in the next message. */
    private void talkUntil(AtomicBoolean ended) {
        boolean last = false;
        for (long round = 0; !last; round++) {
            boolean ends = ended.get();
            last = exchange(round, ends) || ends;
            if (round % TELL_EVERY == 0) {
                System.out.println("exchanged " + exchanged);
            }
        }
    }

    /** One message to each and from each; whether one of the others ends. */
    private boolean exchange(long round, boolean ends) {
        List<Request> receives = new ArrayList<>();
        List<Request> sends = new ArrayList<>();
        for (int i = 0; i < in.length; i++) {
            receives.add(queue.irecv(tag(places.get(i), round), ~ENDS, in[i]));
        }
        for (int i = 0; i < out.length; i++) {
            int size = size(own, round);
            fill(out[i], size, own, round);
            long tag = tag(own, round) | (ends ? ENDS : 0);
            sends.add(queue.isend(peers.get(i), tag, out[i].asSlice(0, size)));
        }
        boolean others = false;
        for (int i = 0; i < in.length; i++) {
            others |= check(receives.get(i), i, round);
        }
        for (Request each : sends) {
            if (!queue.await(each, PATIENCE, null)) {
                throw new IllegalStateException("a send was not done: round=" + round);
            }
        }
        return others;
    }

    private static long tag(int from, long round) {
        return (long) (from + 1) << 48 | round;
    }

    private static int size(int from, long round) {
        return SIZES[(int) ((round + from) % SIZES.length)];
    }

    private boolean check(Request receive, int place, long round) {
        Status status = new Status();
        if (!queue.await(receive, PATIENCE, status)) {
            throw new IllegalStateException(
                    "no message from rank=" + places.get(place) + " round=" + round);
        }
        int from = places.get(place);
        int size = size(from, round);
        if (plant == Plant.SPOILT_MESSAGE && round >= SPOILT_ROUND && size > 0) {
            in[place].set(
                    ValueLayout.JAVA_BYTE, 0, (byte) ~in[place].get(ValueLayout.JAVA_BYTE, 0));
        }
        MemorySegment expected = MemorySegment.ofArray(new byte[size]);
        fill(expected, size, from, round);
        if (status.messageLength() != size || in[place].asSlice(0, size).mismatch(expected) != -1) {
            throw new IllegalStateException(
                    "a message is spoilt: from rank="
                            + from
                            + " round="
                            + round
                            + " bytes="
                            + status.messageLength()
                            + " expected="
                            + size);
        }
        exchanged++;
        return (status.tag() & ENDS) != 0;
    }

    private static void fill(MemorySegment memory, int size, int from, long round) {
        byte seed = (byte) (round * 7 + from);
        for (int i = 0; i < size; i++) {
            memory.set(ValueLayout.JAVA_BYTE, i, (byte) (seed + i * 13));
        }
    }
}

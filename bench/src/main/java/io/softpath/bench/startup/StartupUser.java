package io.softpath.bench.startup;

import io.softpath.abi.psm.EndpointId;
import io.softpath.bench.process.Findings;
import io.softpath.bench.process.Pattern;
import io.softpath.bench.process.UserPair;
import io.softpath.driver.Context;
import io.softpath.driver.Device;
import io.softpath.psm.Endpoint;
import io.softpath.psm.EndpointOptions;
import io.softpath.psm.MatchedQueue;
import io.softpath.psm.Status;
import io.softpath.psm.engine.Peer;

import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;

/** A process of the measurements: {@code StartupUser ROLE [MS]}. */
final class StartupUser {
    /** Does nothing: what remains is the JVM's. */
    static final String NOTHING = "nothing";

    static final String ENDPOINT = "endpoint";
    static final String CONTEXTS = "contexts";
    static final String SENDER = "sender";
    static final String RECEIVER = "receiver";

    /** What the receiver prints when the message is there. */
    static final String RECEIVED = "received";

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long TAG = 1;
    private static final int MESSAGE_BYTES = 64;
    private static final int WARM_UP_OPENS = 200;
    private static final long LONGEST_WARM_UP_NS = 2_000_000_000L;
    private static final double NS_PER_MS = 1e6;
    private static final UUID JOB =
            UUID.nameUUIDFromBytes("softpath bench startup".getBytes(StandardCharsets.UTF_8));

    private StartupUser() {}

    public static void main(String[] arguments) throws IOException {
        switch (arguments[0]) {
            case NOTHING -> UserPair.ready(NOTHING);
            case CONTEXTS -> contexts(Long.parseLong(arguments[1]) * 1_000_000, System.out);
            case ENDPOINT -> {
                try (Endpoint endpoint = open()) {
                    UserPair.ready(endpoint.id().toString());
                }
            }
            case SENDER, RECEIVER -> message(arguments[0].equals(SENDER));
            default -> throw new IllegalArgumentException("no such role: " + arguments[0]);
        }
    }

    private static Endpoint open() {
        return Endpoint.open(EndpointOptions.ofJob(JOB));
    }

    /** Opens contexts one after the other; prints how long the first and a later one took. */
    private static void contexts(long measuredNs, PrintStream out) {
        Findings.print(out, StartupBench.OPEN_FIRST, openNs() / NS_PER_MS);
        long warm = System.nanoTime() + LONGEST_WARM_UP_NS;
        for (int i = 0; i < WARM_UP_OPENS && System.nanoTime() - warm < 0; i++) {
            openNs();
        }
        Histogram times = Findings.newHistogram();
        long end = System.nanoTime() + measuredNs;
        do {
            Findings.record(times, openNs());
        } while (System.nanoTime() - end < 0);
        Findings.print(out, StartupBench.OPEN, times.getValueAtPercentile(50) / NS_PER_MS);
        Findings.print(out, StartupBench.OPENS, (double) times.getTotalCount());
    }

    private static long openNs() {
        long begin = System.nanoTime();
        try (Device device = Device.open();
                Context context = device.openContext()) {
            long taken = System.nanoTime() - begin;
            if (context.maxPayloadBytes() <= 0) {
                throw new IllegalStateException("a context that sends nothing: " + context);
            }
            return taken;
        }
    }

    /** One of two that pass a single message, as soon as they can. */
    private static void message(boolean sends) throws IOException {
        try (Endpoint endpoint = open();
                Arena arena = Arena.ofConfined()) {
            String other = UserPair.meet(Long.toUnsignedString(endpoint.id().value()));
            if (other == null) {
                return; // the harness is gone
            }
            MemorySegment memory = arena.allocate(MESSAGE_BYTES, Long.BYTES);
            MatchedQueue queue = endpoint.queue();
            long begin = System.nanoTime();
            EndpointId id = new EndpointId(Long.parseUnsignedLong(other));
            Peer peer = endpoint.connect(id, PATIENCE);
            long connected = System.nanoTime() - begin;
            if (sends) {
                Pattern.fill(memory);
                queue.send(peer, TAG, memory, PATIENCE);
                Findings.print(System.out, StartupBench.CONNECT, connected / NS_PER_MS);
            } else {
                Status status = queue.recv(TAG, -1, memory, PATIENCE);
                System.out.println(RECEIVED);
                if (status.messageLength() != MESSAGE_BYTES) {
                    throw new IllegalStateException("another message came: " + status);
                }
                Pattern.check(memory, MESSAGE_BYTES);
            }
            endpoint.close(PATIENCE);
        }
    }
}

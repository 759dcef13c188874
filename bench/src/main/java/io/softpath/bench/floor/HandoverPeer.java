package io.softpath.bench.floor;

import io.softpath.abi.register.Access;
import io.softpath.abi.register.Register;
import io.softpath.bench.process.Findings;

import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * One of the processes of {@link HandoverFloor}: {@code HandoverPeer ROLE PAGE MEASURED_MS}.
 *
 * <pre>
 *   0    ping: a number, stored by the ping process; -1 when it has finished
 *   256  pong: the same number, for the ping process
 *   512  far ping: the same number, for the far process; stored by the relay
 *   768  far pong: the same number, stored by the far process, for the relay
 * </pre>
 *
 * Without a relay the pong process reads ping and stores pong. The words are far enough apart that
 * a prefetcher which fetches lines in pairs never moves two. They are accessed as the driver
 * accesses registers: release store, acquire load.
 */
final class HandoverPeer {
    static final int PAGE_BYTES = 4096;
    static final String READY = "ready";
    static final String GO = "go";

    static final String PING = "ping";
    static final String PONG = "pong";
    static final String RELAY = "relay";

    /** Answers what comes through the relay. */
    static final String FAR = "far";

    /** Both ping and far, one after the other. */
    static final String BOTH = "both";

    /** Under which name the one that measures reports the times. */
    static final String TRIPS = "trips";

    private static final Register PINGED = word("ping", 0);
    private static final Register PONGED = word("pong", 256);
    private static final Register FAR_PINGED = word("far ping", 512);
    private static final Register FAR_PONGED = word("far pong", 768);
    private static final long FINISHED = -1;
    private static final int WARM_UP_TRIPS = 200_000;

    /** Or for so long, where more processes spin than there are CPUs. */
    private static final long LONGEST_WARM_UP_NS = 3_000_000_000L;

    /** A process that is stopped for long does not decide a round. */
    private static final int LEAST_TRIPS = 1_000;

    private static final long DEADLINE_NS = 10_000_000_000L;
    private static final int SPINS_PER_DEADLINE_CHECK = 1 << 16;

    private final MemorySegment page;
    private final boolean both;
    private long last;

    private HandoverPeer(MemorySegment page, boolean both) {
        this.page = page;
        this.both = both;
    }

    private static Register word(String name, long offset) {
        return new Register(name, offset, Access.READ_WRITE, "number handed over");
    }

    public static void main(String[] arguments) throws IOException {
        String role = arguments[0];
        Path file = Path.of(arguments[1]);
        long measuredNs = Long.parseLong(arguments[2]) * 1_000_000;
        try (Arena arena = Arena.ofConfined();
                FileChannel channel =
                        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MemorySegment page = channel.map(MapMode.READ_WRITE, 0, PAGE_BYTES, arena);
            HandoverPeer peer = new HandoverPeer(page, role.equals(BOTH));
            System.out.println(READY);
            if (System.in.read() < 0) {
                return; // the harness is gone
            }
            switch (role) {
                case PING, BOTH -> Findings.print(System.out, TRIPS, peer.ping(measuredNs));
                case PONG -> peer.answer(PINGED, PONGED);
                case FAR -> peer.answer(FAR_PINGED, FAR_PONGED);
                case RELAY -> peer.relay();
                default -> throw new IllegalArgumentException("no such role: " + role);
            }
        }
    }

    /**
     * Sends numbers and times their return; the first ones, until all is compiled, are not
     * recorded.
     */
    private Histogram ping(long measuredNs) {
        Histogram histogram = Findings.newHistogram();
        long number = 0;
        long warm = System.nanoTime() + LONGEST_WARM_UP_NS;
        while (number < WARM_UP_TRIPS && System.nanoTime() - warm < 0) {
            trip(++number);
        }
        trips(number, measuredNs / 4, histogram);
        histogram.reset();
        trips(last, measuredNs, histogram);
        trip(FINISHED);
        return histogram;
    }

    private void trips(long first, long durationNs, Histogram histogram) {
        long number = first;
        long begin = System.nanoTime();
        long end = begin + durationNs;
        while (begin - end < 0 || histogram.getTotalCount() < LEAST_TRIPS) {
            trip(++number);
            long now = System.nanoTime();
            Findings.record(histogram, now - begin);
            begin = now;
        }
    }

    private void trip(long number) {
        long before = last;
        last = number;
        PINGED.put(page, number);
        if (both) {
            FAR_PONGED.put(page, await(FAR_PINGED, before));
        }
        long answer = await(PONGED, before);
        if (answer != number) {
            throw new IllegalStateException("answer=" + answer + " to number=" + number);
        }
    }

    private void answer(Register in, Register out) {
        long number = 0;
        while (number != FINISHED) {
            number = await(in, number);
            out.put(page, number);
        }
    }

    /** Hands on what comes from either side; never are two numbers under way. */
    private void relay() {
        long number = 0;
        while (number != FINISHED) {
            FAR_PINGED.put(page, await(PINGED, number));
            number = await(FAR_PONGED, number);
            PONGED.put(page, number);
        }
    }

    /** Spins until the register no longer holds {@code old}; returns what it holds then. */
    private long await(Register register, long old) {
        long begin = 0;
        while (true) {
            for (int i = 0; i < SPINS_PER_DEADLINE_CHECK; i++) {
                long value = register.get(page);
                if (value != old) {
                    return value;
                }
                Thread.onSpinWait();
            }
            long now = System.nanoTime();
            begin = begin == 0 ? now : begin;
            if (now - begin > DEADLINE_NS) {
                throw new IllegalStateException(
                        "the other process makes no progress: register="
                                + register.name()
                                + " value="
                                + old
                                + " waitedNs="
                                + (now - begin));
            }
            Thread.yield(); // the other may want this CPU
        }
    }
}

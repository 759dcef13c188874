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
 * One of the two processes of {@link HandoverFloor}: {@code HandoverPeer ping|pong PAGE
 * MEASURED_MS}.
 *
 * <pre>
 *   0    ping: a number, stored by the ping process; -1 when it has finished
 *   256  pong: the same number, stored by the pong process
 * </pre>
 *
 * The two words are far enough apart that a prefetcher which fetches lines in pairs never moves
 * both. They are accessed as the driver accesses registers: release store, acquire load.
 */
final class HandoverPeer {
    static final int PAGE_BYTES = 4096;
    static final String READY = "ready";
    static final String GO = "go";

    private static final Register PING = new Register("ping", 0, Access.READ_WRITE, "number sent");
    private static final Register PONG =
            new Register("pong", 256, Access.READ_WRITE, "number answered");
    private static final long FINISHED = -1;
    private static final int WARM_UP_TRIPS = 200_000;
    private static final long DEADLINE_NS = 10_000_000_000L;
    private static final int SPINS_PER_DEADLINE_CHECK = 1 << 16;

    private final MemorySegment page;

    private HandoverPeer(MemorySegment page) {
        this.page = page;
    }

    public static void main(String[] arguments) throws IOException {
        Path file = Path.of(arguments[1]);
        long measuredNs = Long.parseLong(arguments[2]) * 1_000_000;
        try (Arena arena = Arena.ofConfined();
                FileChannel channel =
                        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            HandoverPeer peer =
                    new HandoverPeer(channel.map(MapMode.READ_WRITE, 0, PAGE_BYTES, arena));
            System.out.println(READY);
            if (System.in.read() < 0) {
                return; // the harness is gone
            }
            if (arguments[0].equals("ping")) {
                Findings.print(System.out, HandoverFloor.NAME, peer.ping(measuredNs));
            } else {
                peer.pong();
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
        while (number < WARM_UP_TRIPS) {
            trip(++number);
        }
        trips(number, measuredNs / 4, histogram);
        histogram.reset();
        trips(PING.get(page), measuredNs, histogram);
        PING.put(page, FINISHED);
        return histogram;
    }

    private void trips(long first, long durationNs, Histogram histogram) {
        long number = first;
        long begin = System.nanoTime();
        long end = begin + durationNs;
        while (begin - end < 0) {
            trip(++number);
            long now = System.nanoTime();
            Findings.record(histogram, now - begin);
            begin = now;
        }
    }

    private void trip(long number) {
        PING.put(page, number);
        await(PONG, number - 1);
    }

    private void pong() {
        long number = 0;
        while (number != FINISHED) {
            number = await(PING, number);
            PONG.put(page, number);
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
        }
    }
}

package io.softpath.bench.floor;

import io.softpath.bench.process.BenchFailure;
import io.softpath.bench.process.Child;
import io.softpath.bench.process.CpuPair;
import io.softpath.bench.process.Findings;
import io.softpath.bench.process.TemporaryDirectory;

import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Measures {@code floor.handover.rtt}: one process stores a number into a cache line, the other
 * sees it and stores it into a second line, the first one sees that. Two JVMs, one shared page,
 * nothing else. And {@code floor.relay.rtt}: the same with a third process between the two, as the
 * daemon is, which makes four hand-overs of a round trip.
 *
 * <p>Each round starts new processes, because where the scheduler puts them decides more than
 * anything in the code.
 */
public final class HandoverFloor {
    /** Name of the result. */
    public static final String NAME = "floor.handover.rtt";

    /** Name of the result with a relay. */
    static final String RELAY = "floor.relay.rtt";

    private static final int CPUS = Runtime.getRuntime().availableProcessors();
    private static final boolean CROWDED = CPUS < 3;
    private static final Duration START = Duration.ofMinutes(1);
    private static final Duration GRACE = Duration.ofSeconds(30);

    private HandoverFloor() {}

    /**
     * One round, on two CPUs of different cores.
     *
     * @param measured how long round trips are recorded, after the warm-up
     * @throws BenchFailure if there are not two CPUs, or a process fails or makes no progress
     */
    public static Histogram round(Duration measured) {
        return round(measured, HandoverPeer.PING, HandoverPeer.PONG);
    }

    /**
     * One round with a relay on a CPU of its own. Where there are only two, one process is both
     * ends, which are never busy at the same time.
     */
    static Histogram relayRound(Duration measured) {
        return CROWDED
                ? round(measured, HandoverPeer.BOTH, HandoverPeer.RELAY)
                : round(measured, HandoverPeer.PING, HandoverPeer.RELAY, HandoverPeer.FAR);
    }

    /** What {@link #relayRound} has for processes. */
    static String relayNote() {
        return "four hand-overs: "
                + (CROWDED
                        ? "one process is both ends, on one CPU; the relay is on the other"
                        : "two processes and a relay between them, on a CPU each");
    }

    /** The first process measures. */
    private static Histogram round(Duration measured, String... roles) {
        if (CPUS < 2) {
            throw new BenchFailure(
                    "the floor needs two CPUs: available=1; two spinning processes on one CPU"
                            + " measure the scheduler. Allow another one (taskset, cgroup).");
        }
        Path page = newPage();
        List<Child> peers = new ArrayList<>();
        try {
            for (String role : roles) {
                peers.add(start(role, page, measured));
            }
            peers.forEach(peer -> peer.awaitLine(HandoverPeer.READY, START));
            Files.delete(page);
            CpuPair.spread(peers.toArray(Child[]::new));
            peers.reversed().forEach(peer -> peer.println(HandoverPeer.GO));
            List<String> lines = peers.getFirst().awaitSuccess(measured.plus(GRACE));
            peers.stream().skip(1).forEach(peer -> peer.awaitSuccess(GRACE));
            return Findings.parse(lines).histogram(HandoverPeer.TRIPS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            peers.forEach(Child::close);
            deleteQuietly(page);
        }
    }

    private static Child start(String role, Path page, Duration measured) {
        return Child.start(
                role,
                Map.of(),
                HandoverPeer.class.getName(),
                List.of(role, page.toString(), String.valueOf(measured.toMillis())));
    }

    /**
     * A page that all map; in memory if there is a tmpfs, else wherever temporary files are (it is
     * never synced).
     */
    private static Path newPage() {
        try {
            Path page =
                    Files.createTempFile(TemporaryDirectory.memory(), "softpath-floor", ".page");
            Files.write(page, new byte[HandoverPeer.PAGE_BYTES]);
            return page;
        } catch (IOException e) {
            throw new BenchFailure("cannot make a page to share: " + e, e);
        }
    }

    private static void deleteQuietly(Path page) {
        try {
            Files.deleteIfExists(page);
        } catch (IOException _) {
            // A page in a temporary directory is no reason to hide the failure that led here.
        }
    }
}

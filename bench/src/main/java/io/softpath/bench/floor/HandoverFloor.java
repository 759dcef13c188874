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
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Measures {@code floor.handover.rtt}: one process stores a number into a cache line, the other
 * sees it and stores it into a second line, the first one sees that. Two JVMs, one shared page,
 * nothing else.
 *
 * <p>Each round starts two new processes, because where the scheduler puts them decides more than
 * anything in the code.
 */
public final class HandoverFloor {
    /** Name of the result. */
    public static final String NAME = "floor.handover.rtt";

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
        if (Runtime.getRuntime().availableProcessors() < 2) {
            throw new BenchFailure(
                    "the floor needs two CPUs: available=1; two spinning processes on one CPU"
                            + " measure the scheduler. Allow another one (taskset, cgroup).");
        }
        Optional<CpuPair> cpus = CpuPair.ofThisMachine();
        Path page = newPage();
        try (Child pong = start("pong", page, measured);
                Child ping = start("ping", page, measured)) {
            pong.awaitLine(HandoverPeer.READY, START);
            ping.awaitLine(HandoverPeer.READY, START);
            Files.delete(page);
            cpus.ifPresent(pair -> pair.pin(pong, ping));
            pong.println(HandoverPeer.GO);
            ping.println(HandoverPeer.GO);
            List<String> lines = ping.awaitSuccess(measured.plus(GRACE));
            pong.awaitSuccess(GRACE);
            return Findings.parse(lines).histogram(NAME);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
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
     * A page that both map; in memory if there is a tmpfs, else wherever temporary files are (it is
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

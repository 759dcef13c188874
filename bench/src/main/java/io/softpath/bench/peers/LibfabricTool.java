package io.softpath.bench.peers;

import io.softpath.bench.mq.Size;
import io.softpath.bench.process.BenchFailure;
import io.softpath.bench.process.Findings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The provider shm of libfabric, measured by its own fi_pingpong: tagged messages, of which one is
 * under way at a time, also in the figures of bytes a second.
 */
final class LibfabricTool implements Tool {
    private static final String PROGRAM = "fi_pingpong";
    private static final String HEADER = "bytes ";
    private static final String MEGABYTES = "MB/sec";
    private static final long MOST_FIRST = 5_000;
    private static final long FIRST_BYTES = 1 << 24;

    private LibfabricTool() {}

    static Tool open() {
        ToolPair.require(PROGRAM, "libfabric-bin");
        return new LibfabricTool().tried();
    }

    @Override
    public Findings trips(Duration measured) {
        Half half = measure(Size.TINY, measured);
        return Findings.of(TRIP, 2e9 / half.perSecond(), half.count() / 2);
    }

    @Override
    public Findings stream(Size size, Duration measured) {
        Half half = measure(size, measured);
        return Findings.of(RATE, half.perSecond(), half.count());
    }

    /** Messages of both sides, each half of a round trip, and how many went by in a second. */
    private record Half(double perSecond, long count) {}

    /** What comes is looked at in a first run alone, because that takes its time. */
    private Half measure(Size size, Duration measured) {
        long first = Math.clamp(FIRST_BYTES / size.bytes(), size.window(), MOST_FIRST);
        long trips = Tool.times(first, measured, times -> pingpong(size, times, List.of("-c")) / 2);
        return new Half(pingpong(size, trips, List.of()), 2 * trips);
    }

    private static double pingpong(Size size, long trips, List<String> more) {
        List<String> command =
                new ArrayList<>(List.of(PROGRAM, "-p", "shm", "-e", "rdm", "-m", "tagged"));
        command.addAll(List.of("-I", String.valueOf(trips), "-S", String.valueOf(size.bytes())));
        command.addAll(more);
        List<String> said = ToolPair.run(command, command, List.of("-B", "-P"), Map.of());
        return megabytes(said) * 1e6 / size.bytes();
    }

    /**
     * Reads what the tool prints: names of columns, then figures. Of these, bytes a second have the
     * most digits; bytes of both directions are counted.
     *
     * @throws BenchFailure if there are none
     */
    static double megabytes(List<String> said) {
        for (int i = 0; i + 1 < said.size(); i++) {
            List<String> names = List.of(said.get(i).strip().split("\\s+", -1));
            String[] values = said.get(i + 1).strip().split("\\s+", -1);
            int column = names.indexOf(MEGABYTES);
            if (said.get(i).startsWith(HEADER) && column >= 0 && values.length == names.size()) {
                try {
                    return Double.parseDouble(values[column]);
                } catch (NumberFormatException e) {
                    throw unreadable(said, e);
                }
            }
        }
        throw unreadable(said, null);
    }

    private static BenchFailure unreadable(List<String> said, NumberFormatException e) {
        return new BenchFailure(
                PROGRAM + " says what cannot be read:\n" + String.join("\n", said), e);
    }

    @Override
    public String tripNote() {
        return "fi_pingpong, whose halves are doubled: the average, it has no percentiles; what"
                + " comes is looked at in a first run alone";
    }

    @Override
    public String streamNote() {
        return "fi_pingpong, one message under way at a time; what comes is looked at in a first"
                + " run alone";
    }
}

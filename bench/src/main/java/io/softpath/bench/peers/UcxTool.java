package io.softpath.bench.peers;

import io.softpath.bench.mq.Size;
import io.softpath.bench.process.BenchFailure;
import io.softpath.bench.process.Findings;
import io.softpath.bench.process.Unavailable;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** UCX, measured by its own ucx_perftest: tagged messages, each side polls. */
final class UcxTool implements Tool {
    private static final String PROGRAM = "ucx_perftest";
    private static final String MISSING = "is not available";
    private static final String HEADER = "iterations,";
    private static final int MEDIAN_COLUMN = 1;
    private static final String RATE_COLUMN = "overall_mr";
    private static final long LEAST_TRIPS = 20_000;
    private static final long LEAST_BYTES = 1 << 24;

    private final String transports;

    private UcxTool(String transports) {
        this.transports = transports;
    }

    /**
     * @param transports as UCX_TLS names them
     */
    static Tool open(String transports) {
        ToolPair.require(PROGRAM, "ucx-utils");
        return new UcxTool(transports).tried();
    }

    /**
     * A line of figures as the tool prints them.
     *
     * @param medianUs half a round trip, or how long a message takes to be sent
     */
    record Figures(long iterations, double medianUs, double perSecond) {
        /**
         * Reads what the tool prints with -f -v: names of columns, then figures. The second column
         * is a percentile, and was called "typical" before percentiles could be chosen.
         *
         * @throws BenchFailure if there are none
         */
        static Figures parse(List<String> said) {
            List<String> names = List.of();
            List<String> values = List.of();
            for (String line : said) {
                List<String> columns = List.of(line.split(",", -1));
                if (line.startsWith(HEADER)) {
                    names = columns;
                } else if (columns.size() == names.size()) {
                    values = columns; // the last ones are for all that was measured
                }
            }
            if (!names.contains(RATE_COLUMN) || values.isEmpty()) {
                throw unreadable(said, null);
            }
            try {
                return new Figures(
                        Long.parseLong(values.getFirst().strip()),
                        Double.parseDouble(values.get(MEDIAN_COLUMN)),
                        Double.parseDouble(values.get(names.indexOf(RATE_COLUMN))));
            } catch (NumberFormatException e) {
                throw unreadable(said, e);
            }
        }

        private static BenchFailure unreadable(List<String> said, NumberFormatException e) {
            return new BenchFailure(
                    PROGRAM + " says what cannot be read:\n" + String.join("\n", said), e);
        }
    }

    @Override
    public Findings trips(Duration measured) {
        // its rate is that of messages, of which a round trip is two
        long trips =
                Tool.times(
                        LEAST_TRIPS,
                        measured,
                        times -> perftest("tag_lat", Size.TINY, times).perSecond() / 2);
        Figures figures = perftest("tag_lat", Size.TINY, trips);
        return Findings.of(TRIP, 2 * figures.medianUs() * 1000, figures.iterations());
    }

    @Override
    public Findings stream(Size size, Duration measured) {
        long least = Math.clamp(LEAST_BYTES / size.bytes(), size.window(), LEAST_TRIPS);
        long messages =
                Tool.times(least, measured, times -> perftest("tag_bw", size, times).perSecond());
        Figures figures = perftest("tag_bw", size, messages);
        return Findings.of(RATE, figures.perSecond(), figures.iterations());
    }

    private Figures perftest(String test, Size size, long times) {
        List<String> client =
                List.of(
                        PROGRAM,
                        "-t",
                        test,
                        "-s",
                        String.valueOf(size.bytes()),
                        "-n",
                        String.valueOf(times),
                        "-w",
                        String.valueOf(times / 10),
                        "-f",
                        "-v");
        List<String> said =
                ToolPair.run(
                        List.of(PROGRAM),
                        client,
                        List.of("-p"),
                        Map.of("UCX_TLS", transports, "UCX_WARN_UNUSED_ENV_VARS", "n"));
        said.stream()
                .filter(line -> line.contains(MISSING))
                .findFirst()
                .ifPresent(line -> {
                    throw new Unavailable(PROGRAM + ": " + line.strip());
                });
        return Figures.parse(said);
    }

    @Override
    public String tripNote() {
        return "ucx_perftest tag_lat, whose halves are doubled: the median as it gives it, no other"
                + " percentile; it does not look at what comes";
    }

    @Override
    public String streamNote() {
        return "ucx_perftest tag_bw over "
                + transports
                + ": its own flow control, no answers; it does not look at what comes";
    }
}

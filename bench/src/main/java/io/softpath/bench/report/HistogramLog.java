package io.softpath.bench.report;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

import java.io.OutputStream;
import java.time.Instant;

/**
 * The samples of a report as a log of HdrHistogram, which its tools read: an interval for each
 * round, under the name of the result as its tag.
 */
final class HistogramLog {
    /** The log separates its fields by commas and its lines by their ends. */
    private static final String NOT_IN_A_TAG = "[,\\s]";

    private HistogramLog() {}

    /** Writes those results that have samples, and leaves the stream open. */
    static void write(Report report, OutputStream out) {
        HistogramLogWriter log = new HistogramLogWriter(out);
        log.outputComment("[softpath bench, values in nanoseconds if not said otherwise]");
        log.outputComment("[an interval is a round: its second counts rounds and is no time]");
        log.outputLogFormatVersion();
        log.outputStartTime(Instant.parse(report.machine().date()).toEpochMilli());
        for (Result result : report.results()) {
            if (result.recorded() != null && result.recorded().batchSize() > 1) {
                log.outputComment(
                        "[%s: %s, each value of %d together]"
                                .formatted(
                                        tag(result), result.unit(), result.recorded().batchSize()));
            }
        }
        log.outputLegend();
        for (Result result : report.results()) {
            if (result.recorded() != null) {
                write(log, result);
            }
        }
    }

    private static void write(HistogramLogWriter log, Result result) {
        int number = 0;
        for (Histogram round : result.recorded().rounds()) {
            Histogram tagged = round.copy();
            tagged.setTag(tag(result));
            log.outputIntervalHistogram(number, number + 1, tagged, 1);
            number++;
        }
    }

    private static String tag(Result result) {
        return result.name().replaceAll(NOT_IN_A_TAG, "_");
    }
}

package io.softpath.bench.process;

import org.HdrHistogram.Histogram;

import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DataFormatException;

/**
 * What a child measured, as lines on its standard output, one finding a line; other lines are not
 * findings.
 *
 * <pre>
 *   histogram NAME base64 of HdrHistogram's compressed encoding
 *   times     NAME NS:COUNT,NS:COUNT,... which is a histogram of a program that has no HdrHistogram
 *   value     NAME decimal number
 * </pre>
 */
public final class Findings {
    private static final String HISTOGRAM = "histogram";
    private static final String TIMES = "times";
    private static final String VALUE = "value";

    /** Behind the name of a number: under which name the samples are counted behind it. */
    public static final String COUNT = ".count";

    private static final long LONGEST_NS = 60_000_000_000L;
    private static final int DIGITS = 3;

    private final Map<String, Histogram> histograms = new HashMap<>();
    private final Map<String, Double> values = new HashMap<>();

    private Findings() {}

    /**
     * A single number, found in what a foreign program says.
     *
     * @param count of samples behind it
     */
    public static Findings of(String name, double value, long count) {
        Findings findings = new Findings();
        findings.values.put(name, value);
        findings.values.put(name + COUNT, (double) count);
        return findings;
    }

    /**
     * An empty histogram for nanoseconds up to a minute, in the resolution that all findings share.
     */
    public static Histogram newHistogram() {
        return new Histogram(1, LONGEST_NS, DIGITS);
    }

    /**
     * Records a time, cut to the histogram's range, so that one long stall does not end the
     * measurement.
     */
    public static void record(Histogram histogram, long ns) {
        histogram.recordValue(Math.clamp(ns, 0, LONGEST_NS));
    }

    /** Writes a histogram; called by the child. */
    public static void print(PrintStream out, String name, Histogram histogram) {
        ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(bytes);
        byte[] encoded = new byte[length];
        bytes.flip().get(encoded);
        out.println(HISTOGRAM + " " + name + " " + Base64.getEncoder().encodeToString(encoded));
        out.flush();
    }

    /** Writes a number; called by the child. */
    public static void print(PrintStream out, String name, double value) {
        out.println(VALUE + " " + name + " " + value);
        out.flush();
    }

    /**
     * Reads the findings among a child's lines; called by the harness.
     *
     * @throws BenchFailure if a line starts like a finding and is none
     */
    public static Findings parse(List<String> lines) {
        Findings findings = new Findings();
        for (String line : lines) {
            String[] words = line.split(" ", -1);
            if (words.length == 3 && words[0].equals(HISTOGRAM)) {
                findings.histograms.put(words[1], decode(words[2], line));
            } else if (words.length == 3 && words[0].equals(TIMES)) {
                findings.histograms.put(words[1], times(words[2], line));
            } else if (words.length == 3 && words[0].equals(VALUE)) {
                findings.values.put(words[1], number(words[2], line));
            }
        }
        return findings;
    }

    private static Histogram decode(String base64, String line) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(base64));
            return Histogram.decodeFromCompressedByteBuffer(bytes, LONGEST_NS);
        } catch (DataFormatException | RuntimeException e) {
            throw new BenchFailure("child's histogram cannot be read: line=" + line, e);
        }
    }

    private static Histogram times(String counted, String line) {
        Histogram histogram = newHistogram();
        for (String each : counted.split(",", -1)) {
            String[] parts = each.split(":", -1);
            if (parts.length != 2) {
                throw new BenchFailure("child's times cannot be read: line=" + line);
            }
            long ns = Math.clamp((long) number(parts[0], line), 0, LONGEST_NS);
            histogram.recordValueWithCount(ns, (long) number(parts[1], line));
        }
        return histogram;
    }

    private static double number(String text, String line) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new BenchFailure("child's number cannot be read: line=" + line, e);
        }
    }

    /**
     * The histogram of that name.
     *
     * @throws BenchFailure if the child printed none
     */
    public Histogram histogram(String name) {
        return found(histograms, name);
    }

    /** Whether the child printed a number of that name. */
    public boolean has(String name) {
        return values.containsKey(name);
    }

    /**
     * The number of that name.
     *
     * @throws BenchFailure if the child printed none
     */
    public double value(String name) {
        return found(values, name);
    }

    /** The numbers of that name, of each round. */
    public static List<Double> values(List<Findings> rounds, String name) {
        return rounds.stream().map(round -> round.value(name)).toList();
    }

    /** The sum of those. */
    public static double sum(List<Findings> rounds, String name) {
        return rounds.stream().mapToDouble(round -> round.value(name)).sum();
    }

    /** The histograms of that name, of each round. */
    public static List<Histogram> histograms(List<Findings> rounds, String name) {
        return rounds.stream().map(round -> round.histogram(name)).toList();
    }

    private static <V> V found(Map<String, V> findings, String name) {
        V found = findings.get(name);
        if (found == null) {
            throw new BenchFailure(
                    "child did not measure " + name + ": found=" + findings.keySet());
        }
        return found;
    }
}

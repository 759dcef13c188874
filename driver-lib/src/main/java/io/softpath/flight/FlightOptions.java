package io.softpath.flight;

import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is recorded and where.
 *
 * @param directory in which each process makes a journal of its own
 * @param journal how much disk each journal may use
 * @param strict wait for room in the ring instead of dropping events
 * @param payloadBytes how much of each packet's payload is kept; 0 for headers only
 */
public record FlightOptions(
        Path directory, JournalOptions journal, boolean strict, int payloadBytes) {
    /** What environment variable says what to record: see {@link #parse}. */
    public static final String RECORD = "SOFTPATH_RECORD";

    /** In which directory, if it is not the run directory's. */
    public static final String RECORD_DIR = "SOFTPATH_RECORD_DIR";

    /** How much disk each journal may use. */
    public static final String RECORD_LIMIT = "SOFTPATH_RECORD_LIMIT";

    /** The largest payload of a packet. */
    public static final int WHOLE_PAYLOAD = 2048;

    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})([kKmMgG]?)");

    /**
     * What a user asks for.
     *
     * @param mode "headers", "payload" and "strict", some of them with commas; empty for headers
     * @param limit bytes of disk for each journal, with or without K, M or G; null for 8M
     * @throws IllegalArgumentException naming value and choices
     */
    public static FlightOptions parse(Path directory, String mode, String limit) {
        boolean strict = false;
        int payload = 0;
        for (String word : mode.split(",", -1)) {
            switch (word) {
                case "", "headers" -> payload = 0;
                case "payload" -> payload = WHOLE_PAYLOAD;
                case "strict" -> strict = true;
                default ->
                        throw new IllegalArgumentException(
                                "record="
                                        + mode
                                        + " is unknown, choose headers, payload or strict, or"
                                        + " strict,payload");
            }
        }
        JournalOptions journal =
                limit == null ? JournalOptions.DEFAULT : JournalOptions.limitedTo(bytes(limit));
        return new FlightOptions(directory, journal, strict, payload);
    }

    private static long bytes(String limit) {
        Matcher m = SIZE.matcher(limit);
        if (!m.matches()) {
            throw new IllegalArgumentException(
                    "record limit=" + limit + " is no size, say 64M (or K, G, or bytes)");
        }
        long number = Long.parseLong(m.group(1));
        return switch (m.group(2).toUpperCase(Locale.ROOT)) {
            case "K" -> number << 10;
            case "M" -> number << 20;
            case "G" -> number << 30;
            default -> number;
        };
    }

    /**
     * @throws IllegalArgumentException naming value and bound
     */
    public FlightOptions {
        if (payloadBytes < 0 || payloadBytes > WHOLE_PAYLOAD) {
            throw new IllegalArgumentException(
                    "payload bytes=" + payloadBytes + " out of range, choose 0.." + WHOLE_PAYLOAD);
        }
    }
}

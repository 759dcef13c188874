package io.softpath.flight;

/**
 * How much disk a journal may use.
 *
 * @param segmentBytes a segment that has grown to this is closed and another begun; the unit in
 *     which old events are dropped
 * @param limitBytes the oldest segments are removed so that all together stay below this
 */
public record JournalOptions(long segmentBytes, long limitBytes) {
    /** The least segment: below it the queue's own tables would be most of it. */
    public static final long MIN_SEGMENT_BYTES = 512 * 1024;

    /** The most segment: the whole room of a segment is mapped memory at worst. */
    public static final long MAX_SEGMENT_BYTES = 64L << 20;

    private static final int SEGMENTS_OF_LIMIT = 8;

    /** 8 MiB: a daemon's and four ranks' journals fit where 64 MiB are free. */
    public static final JournalOptions DEFAULT = limitedTo(8 << 20);

    /** Keeps everything, for histories that somebody will judge. */
    public static final JournalOptions KEEP_ALL = new JournalOptions(4L << 20, Long.MAX_VALUE);

    /**
     * @throws IllegalArgumentException naming value and bound
     */
    public JournalOptions {
        if (segmentBytes < MIN_SEGMENT_BYTES || segmentBytes > MAX_SEGMENT_BYTES) {
            throw new IllegalArgumentException(
                    "segment bytes="
                            + segmentBytes
                            + " out of range, choose "
                            + MIN_SEGMENT_BYTES
                            + ".."
                            + MAX_SEGMENT_BYTES);
        }
        if (limitBytes < 2 * segmentBytes) {
            throw new IllegalArgumentException(
                    "limit bytes="
                            + limitBytes
                            + " is too small, at least two segments must fit: "
                            + 2 * segmentBytes);
        }
    }

    /**
     * With segments of an eighth of the limit, within what a segment may be.
     *
     * @throws IllegalArgumentException if not even two segments fit
     */
    public static JournalOptions limitedTo(long limitBytes) {
        return new JournalOptions(
                Math.clamp(limitBytes / SEGMENTS_OF_LIMIT, MIN_SEGMENT_BYTES, MAX_SEGMENT_BYTES),
                limitBytes);
    }
}

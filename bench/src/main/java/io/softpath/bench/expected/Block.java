package io.softpath.bench.expected;

import io.softpath.driver.Context;
import io.softpath.driver.PinnedRegion;
import io.softpath.error.SoftpathException;

/**
 * A size of block that is transferred, and how: in windows of which a few are granted at a time.
 * Blocks of one window all go to the same memory, as those of the OSU bandwidth test do.
 */
enum Block {
    SMALL("64KiB", 64 << 10, 64 << 10, 8),
    MEDIUM("1MiB", 1 << 20, 1 << 20, 2),
    LARGE("16MiB", 16 << 20, 1 << 20, 2);

    private final String label;
    private final int bytes;
    private final int windowBytes;
    private final int underWay;

    Block(String label, int bytes, int windowBytes, int underWay) {
        this.label = label;
        this.bytes = bytes;
        this.windowBytes = windowBytes;
        this.underWay = underWay;
    }

    /**
     * Memory for the largest block, or for the largest but one if the limit of locked memory is too
     * low for that, as the usual 8 MiB are.
     */
    static PinnedRegion pin(Context context) {
        try {
            return context.pin(LARGE.bytes);
        } catch (SoftpathException.Exhausted _) {
            return context.pin(MEDIUM.bytes);
        }
    }

    String label() {
        return label;
    }

    int bytes() {
        return bytes;
    }

    int windowBytes() {
        return windowBytes;
    }

    int underWay() {
        return underWay;
    }

    /** Windows of a block. */
    int windows() {
        return bytes / windowBytes;
    }
}

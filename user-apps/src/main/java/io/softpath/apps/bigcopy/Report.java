package io.softpath.apps.bigcopy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What rank 1 has counted.
 *
 * @param packets that brought data
 * @param suppressed those of them for which the chip wrote no header
 * @param windows chunks
 * @param restarts how often something had to be sent again
 * @param tidUpdates pages that the driver gave a TID
 */
record Report(long packets, long suppressed, long windows, long restarts, long tidUpdates) {
    /** For the other rank. */
    String text() {
        return Stream.of(packets, suppressed, windows, restarts, tidUpdates)
                .map(String::valueOf)
                .collect(Collectors.joining(" "));
    }

    static Report parse(String text) {
        long[] n = Arrays.stream(text.split(" ", -1)).mapToLong(Long::parseLong).toArray();
        return new Report(n[0], n[1], n[2], n[3], n[4]);
    }

    String sentence() {
        return count(packets, "packet")
                + (packets == 0 ? "" : ", " + suppressed + " of them without a header entry")
                + "; "
                + count(windows, "window")
                + "; "
                + count(tidUpdates, "TID")
                + " written; "
                + (restarts == 0
                        ? "nothing had to be sent again"
                        : "a part of a window had to be sent again " + count(restarts, "time"));
    }

    private static String count(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    /**
     * How often each byte was copied, and by whom.
     *
     * @param gathers the chip sent from pinned memory by itself
     */
    static String copies(Options options, boolean gathers) {
        List<String> copies = new ArrayList<>();
        if (!options.isMadeUp()) {
            copies.add("file -> pinned memory (kernel)");
        }
        if (gathers) {
            copies.add("pinned memory -> pinned memory (chip, gather)");
        } else {
            copies.add("pinned memory -> PIO buffer (library)");
            copies.add("PIO buffer -> pinned memory (chip)");
        }
        if (options.to() != null) {
            copies.add("pinned memory -> file (kernel)");
        }
        int count = copies.size();
        return "each byte was copied "
                + (count == 1 ? "once" : count == 2 ? "twice" : count + " times")
                + ": "
                + String.join(", ", copies);
    }
}

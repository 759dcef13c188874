package io.softpath.apps.bigcopy;

import java.util.ArrayList;
import java.util.List;

/**
 * What was counted.
 *
 * @param chunks messages
 * @param packets that the sender has sent, whatever was in them
 * @param again how often the sender had to go back
 * @param tidUpdates pages that the receiver's driver gave a TID
 */
record Report(long chunks, long packets, long again, long tidUpdates) {
    /** How bytes go from pinned memory of one rank to that of the other. */
    enum Way {
        /** Both ranks are on one host: the receiver reads the sender's memory. */
        SHARED,

        /** The chips bring it from one memory to the other. */
        GATHER,

        /** The receiver's chip places what the sender's library has put into send buffers. */
        TID,

        /** The receiver's library places it. */
        EAGER;

        List<String> copies() {
            return switch (this) {
                case SHARED -> List.of("pinned memory -> pinned memory (library)");
                case GATHER -> List.of("pinned memory -> pinned memory (chip)");
                case TID ->
                        List.of(
                                "pinned memory -> PIO buffer (library)",
                                "PIO buffer -> pinned memory (chip)");
                case EAGER ->
                        List.of(
                                "pinned memory -> PIO buffer (library)",
                                "PIO buffer -> eager buffer (chip)",
                                "eager buffer -> pinned memory (library)");
            };
        }

        /**
         * @param tidUpdates of the receiver
         * @param gathers of the sender
         */
        static Way of(boolean shared, long tidUpdates, long gathers) {
            if (shared) {
                return SHARED;
            }
            if (tidUpdates == 0) {
                return EAGER;
            }
            return gathers > 0 ? GATHER : TID;
        }
    }

    String sentence() {
        return count(chunks, "message")
                + " in "
                + count(packets, "packet")
                + "; "
                + count(tidUpdates, "TID")
                + " written; "
                + (again == 0
                        ? "nothing had to be sent again"
                        : "something had to be sent again " + count(again, "time"));
    }

    private static String count(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    /**
     * How often each byte was copied, and by whom.
     *
     * @param way from one rank's memory to the other's
     */
    static String copies(Options options, Way way) {
        List<String> copies = new ArrayList<>();
        if (!options.isMadeUp()) {
            copies.add("file -> pinned memory (kernel)");
        }
        copies.addAll(way.copies());
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

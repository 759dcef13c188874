package io.softpath.faults.sim;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** All that happens in a world, in order: a number that stands for it, and text if wanted. */
final class Trace {
    /** What can happen, and what the numbers of it mean. */
    enum Kind {
        STEP("number"),
        ITEM("place"),
        PACKET("from", "to", "opcode", "psn", "bytes"),
        STARTED("member", "incarnation"),
        ENDED("member", "incarnation", "how"),
        CONNECTED("member", "with", "incarnation", "connection"),
        SENT("from", "to", "incarnation", "number", "bytes"),
        SEND_DONE("from", "to", "incarnation", "number", "error"),
        DELIVERED("member", "from", "incarnation", "number", "slot"),
        ACKNOWLEDGED("from", "to", "incarnation", "number"),
        FAILED("from", "to", "incarnation", "number", "error"),
        COUNTED("place", "before", "after");

        @SuppressWarnings("ImmutableEnumChecker") // List.of
        private final List<String> names;

        Kind(String... names) {
            this.names = List.of(names);
        }
    }

    private static final long PRIME = 0x9E37_79B9_7F4A_7C15L;

    private final Appendable text;
    private long hash = PRIME;
    private long events;

    /**
     * @param text gets a line for each event; may be null
     */
    Trace(Appendable text) {
        this.text = text;
    }

    /** A number that stands for all that has happened so far. */
    long hash() {
        return hash;
    }

    long events() {
        return events;
    }

    void add(long nowNs, Kind kind, long... numbers) {
        events++;
        mix(nowNs);
        mix(kind.ordinal());
        for (long number : numbers) {
            mix(number);
        }
        if (text != null) {
            write(nowNs, kind, numbers);
        }
    }

    private void mix(long value) {
        hash = (hash ^ value) * PRIME;
        hash ^= hash >>> 32;
    }

    private void write(long nowNs, Kind kind, long... numbers) {
        try {
            text.append(Long.toString(nowNs)).append(' ').append(kind.name());
            for (int i = 0; i < numbers.length; i++) {
                text.append(' ').append(kind.names.get(i)).append('=');
                text.append(Long.toString(numbers[i]));
            }
            text.append('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

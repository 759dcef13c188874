package io.softpath.flight;

import java.nio.charset.StandardCharsets;

/**
 * An event as read from a journal.
 *
 * @param journal who recorded it
 * @param code of its kind; a later version may know more kinds
 * @param flags {@link EventLayout#CUT}
 * @param unit {@link EventLayout#NONE} if it has none, as context and subcontext
 * @param ringQword see {@link EventLayout}
 * @param timeNs CLOCK_MONOTONIC, the same clock for all processes of a machine
 * @param values six numbers, named by the kind
 * @param bytes what the kind says they are
 */
public record FlightEvent(
        JournalInfo journal,
        int code,
        int flags,
        int unit,
        int context,
        int subcontext,
        int ringQword,
        long timeNs,
        long[] values,
        byte[] bytes) {
    /** Its kind; null if a later version wrote it. */
    public FlightKind kind() {
        return FlightKind.of(code);
    }

    public boolean is(FlightKind kind) {
        return code == kind.code();
    }

    /** The name of its kind, or "kind-77". */
    public String label() {
        FlightKind kind = kind();
        return kind == null ? "kind-" + code : kind.label();
    }

    /** One of the numbers, by its place. */
    public long value(int index) {
        return values[index];
    }

    /**
     * One of the numbers, by its name.
     *
     * @throws IllegalArgumentException if its kind has no such number
     */
    public long value(String name) {
        FlightKind kind = kind();
        for (int i = 0; kind != null && i < kind.fields().size(); i++) {
            if (kind.fields().get(i).name().equals(name)) {
                return values[i];
            }
        }
        throw new IllegalArgumentException(label() + " has no number named " + name);
    }

    /** The bytes as text. */
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** The id of the message that it is about, if it is an application's. */
    public MessageId messageId() {
        return new MessageId(
                Math.toIntExact(value("sender")),
                Math.toIntExact(value("incarnation")),
                Math.toIntExact(value("receiver")),
                value("sequence"));
    }

    /** Whether bytes were left out. */
    public boolean isCut() {
        return (flags & EventLayout.CUT) != 0;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(label()).append(" time=").append(timeNs);
        FlightKind kind = kind();
        for (int i = 0; i < values.length; i++) {
            if (kind == null) {
                text.append(" value").append(i).append('=').append(values[i]);
            } else if (i < kind.fields().size()) {
                FlightField field = kind.fields().get(i);
                text.append(' ').append(field.name()).append('=').append(field.text(values[i]));
            }
        }
        return text.append(" bytes=").append(bytes.length).toString();
    }
}

package io.softpath.journal;

import io.softpath.flight.EventLayout;
import io.softpath.flight.FlightEvent;
import io.softpath.flight.FlightField;
import io.softpath.flight.FlightKind;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Events as lines for people and as JSON objects for programs, both from the table of kinds. The
 * wall clock of the first journal seen serves for all, so that lines stay in the order of the one
 * monotonic clock.
 */
final class EventText {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSSSSS").withZone(ZoneOffset.UTC);
    private static final int MOST_HEX_BYTES = 64;

    private Long offsetNs;

    /** One line. */
    String line(FlightEvent event) {
        StringBuilder line = new StringBuilder(160);
        line.append(TIME.format(instant(event)))
                .append("  ")
                .append(String.format("%-16s", event.journal().label()))
                .append(String.format("%-8s", place(event)))
                .append(String.format("%-16s", event.label()));
        values(event).forEach((name, value) -> append(line, name, value));
        PacketFacts packet = PacketFacts.of(event);
        if (packet != null) {
            packet.facts().forEach((name, value) -> append(line, name, value));
        }
        appendBytes(line, event, packet);
        return line.toString().stripTrailing();
    }

    private static void append(StringBuilder line, String name, Object value) {
        line.append(' ').append(name).append('=').append(value);
    }

    private static void appendBytes(StringBuilder line, FlightEvent event, PacketFacts packet) {
        byte[] bytes = packet == null ? event.bytes() : PacketFacts.payload(event);
        if (bytes.length == 0) {
            return;
        }
        if (isText(event)) {
            line.append(" \"").append(event.text()).append('"');
            return;
        }
        line.append(packet == null ? " bytes=" : " payload=")
                .append(HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, MOST_HEX_BYTES)));
        if (event.isCut() || bytes.length > MOST_HEX_BYTES) {
            line.append("...");
        }
    }

    /** One JSON object. */
    Map<String, Object> json(FlightEvent event) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("timeNs", event.timeNs());
        json.put("time", instant(event).toString());
        json.put("journal", event.journal().name());
        json.put("pid", event.journal().pid());
        json.put("kind", event.label());
        put(json, "unit", event.unit());
        put(json, "context", event.context());
        put(json, "subcontext", event.subcontext());
        json.put("values", numbers(event));
        PacketFacts packet = PacketFacts.of(event);
        if (packet != null) {
            json.put("packet", packet.facts());
        }
        if (isText(event)) {
            json.put("text", event.text());
        } else if (event.bytes().length != 0) {
            json.put("bytes", HexFormat.of().formatHex(event.bytes()));
        }
        if (event.isCut()) {
            json.put("cut", true);
        }
        return json;
    }

    Instant instant(FlightEvent event) {
        if (offsetNs == null) {
            offsetNs = event.journal().wallClockOffsetNs();
        }
        return Instant.ofEpochSecond(0, offsetNs + event.timeNs());
    }

    private static boolean isText(FlightEvent event) {
        return event.kind() != null && event.kind().extra() == FlightKind.Extra.TEXT;
    }

    private static void put(Map<String, Object> json, String name, int value) {
        if (value != EventLayout.NONE) {
            json.put(name, value);
        }
    }

    /** "u0c3s1". */
    private static String place(FlightEvent event) {
        StringBuilder place = new StringBuilder();
        append(place, 'u', event.unit());
        append(place, 'c', event.context());
        append(place, 's', event.subcontext());
        return place.isEmpty() ? "-" : place.toString();
    }

    private static void append(StringBuilder place, char letter, int value) {
        if (value != EventLayout.NONE) {
            place.append(letter).append(value);
        }
    }

    /** The numbers of an event by name, as people read them. */
    static Map<String, String> values(FlightEvent event) {
        Map<String, String> values = new LinkedHashMap<>();
        FlightKind kind = event.kind();
        for (int i = 0; i < event.values().length; i++) {
            if (kind == null) {
                values.put("value" + i, Long.toString(event.value(i)));
            } else if (i < kind.fields().size()) {
                FlightField field = kind.fields().get(i);
                values.put(field.name(), field.text(event.value(i)));
            }
        }
        return values;
    }

    private static Map<String, Object> numbers(FlightEvent event) {
        Map<String, Object> numbers = new LinkedHashMap<>();
        FlightKind kind = event.kind();
        for (int i = 0; i < event.values().length; i++) {
            if (kind == null) {
                numbers.put("value" + i, event.value(i));
            } else if (i < kind.fields().size()) {
                FlightField field = kind.fields().get(i);
                boolean plain =
                        field.format() == FlightField.Format.DECIMAL
                                || field.format() == FlightField.Format.HEX;
                numbers.put(
                        field.name(), plain ? (Object) event.value(i) : field.text(event.value(i)));
            }
        }
        return numbers;
    }
}

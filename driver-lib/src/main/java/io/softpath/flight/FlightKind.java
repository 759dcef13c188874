package io.softpath.flight;

import static io.softpath.flight.FlightField.decimal;
import static io.softpath.flight.FlightField.errno;
import static io.softpath.flight.FlightField.hex;
import static io.softpath.flight.FlightField.named;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Every kind of event: its number in the record, its name, the names of its numbers and what its
 * bytes are. Dumps, JSON and searches go by this table alone.
 *
 * <p>Numbers are never reused: a journal outlives the version that wrote it.
 */
public enum FlightKind {
    /** A segment begins; the bytes are the name of the journal. */
    JOURNAL_SEGMENT(
            1,
            "journal.segment",
            Extra.TEXT,
            decimal("layout"),
            decimal("segment"),
            decimal("recordsBefore"),
            decimal("pid"),
            decimal("wallClockMs"),
            decimal("droppedBefore")),
    /** Events that found the ring full are missing here. */
    JOURNAL_GAP(2, "journal.gap", Extra.NONE, decimal("dropped"), decimal("droppedInAll")),
    /** The writer closed the journal in order. */
    JOURNAL_END(3, "journal.end", Extra.NONE, decimal("records"), decimal("dropped")),

    /** A message is about to be sent. */
    APP_SEND(16, "app.send", Extra.TEXT, message("length", "checksum")),
    /** The sender was told that it is complete. */
    APP_ACKED(17, "app.acked", Extra.TEXT, message("length", "checksum")),
    /** The sender was told that it is not; the bytes name the error. */
    APP_FAILED(18, "app.failed", Extra.TEXT, message(decimal("errno"), decimal("detail"))),
    /** The receiver has it, with these contents. */
    APP_DELIVERED(19, "app.delivered", Extra.TEXT, message("length", "checksum")),
    /** A receive was posted. */
    APP_POSTED(20, "app.posted", Extra.TEXT, message("length", "detail")),
    /** What the program wants to be remembered. */
    APP_NOTE(21, "app.note", Extra.TEXT, decimal("a"), decimal("b"), decimal("c"), decimal("d")),

    /** A client opened a unit; -1 is the node of any unit. */
    OPEN(32, "open", Extra.NONE, decimal("node"), decimal("pid"), decimal("uid"), decimal("gid")),
    /** A client's file was closed, or the kernel said that it is dead; the bytes say why. */
    CLOSE(33, "close", Extra.TEXT, decimal("pid")),
    /** A command of the driver's interface; the bytes are the request. */
    COMMAND(
            34,
            "command",
            Extra.BINARY,
            named("command", FlightField.Format.COMMAND),
            errno("result"),
            decimal("pid"),
            decimal("uid")),
    /** Any other request of the control channel; the bytes are the request. */
    CONTROL(
            35,
            "control",
            Extra.BINARY,
            named("request", FlightField.Format.REQUEST),
            errno("result"),
            decimal("pid"),
            decimal("uid")),
    /** A mapping was asked for. */
    MAP(
            36,
            "map",
            Extra.NONE,
            hex("token"),
            errno("result"),
            decimal("pid"),
            decimal("length"),
            hex("protection"),
            hex("flags")),
    /** A mapping was given back. */
    UNMAP(
            37,
            "unmap",
            Extra.NONE,
            hex("token"),
            errno("result"),
            decimal("pid"),
            decimal("length")),
    /** Pages of a process were pinned. */
    PIN(38, "pin", Extra.NONE, decimal("pid"), decimal("pages"), decimal("pagesPinned")),
    /** Pages of a process were released. */
    UNPIN(39, "unpin", Extra.NONE, decimal("pid"), decimal("pages"), decimal("pagesPinned")),
    /** Memory that the chip may reach was made for a process. */
    REGISTER(40, "register", Extra.NONE, decimal("pid"), decimal("bytes"), decimal("bytesInAll")),
    /** Such memory was given back. */
    UNREGISTER(
            41, "unregister", Extra.NONE, decimal("pid"), decimal("bytes"), decimal("bytesInAll")),
    /** The chip stores expected packets that name this TID from now on. */
    TID_SET(42, "tid.set", Extra.NONE, decimal("tid")),
    /** It does so no more. */
    TID_CLEAR(43, "tid.clear", Extra.NONE, decimal("tid")),

    /** The chip saw that a PIO buffer was launched. */
    LAUNCH(48, "launch", Extra.NONE, decimal("pioBuffer"), hex("pbc"), decimal("lengthDwords")),
    /** The chip hands a packet to the link. */
    WIRE(49, "wire", Extra.PACKET, decimal("lengthDwords"), decimal("payloadBytes")),
    /** The link did not take it. */
    WIRE_REFUSED(
            60,
            "wire.refused",
            Extra.PACKET,
            named("outcome", FlightField.Format.OUTCOME),
            decimal("payloadBytes")),
    /** Packets of one gather, alike but for their numbers; the header is the first one's. */
    WIRE_RUN(50, "wire.run", Extra.PACKET, decimal("packets"), decimal("payloadBytes")),
    /** Payload written to an eager buffer. */
    DMA_EAGER(51, "dma.eager", Extra.PACKET, decimal("egrIndex"), decimal("payloadBytes")),
    /** Payload written to a pinned page. */
    DMA_EXPECTED(
            52,
            "dma.expected",
            Extra.PACKET,
            decimal("tid"),
            decimal("payloadBytes"),
            decimal("offset")),
    /** Payloads of a run written to pinned pages, without entries. */
    DMA_RUN(53, "dma.run", Extra.PACKET, decimal("packets"), decimal("payloadBytes")),
    /** The chip wrote an entry to a header queue. */
    ENTRY(
            54,
            "entry",
            Extra.PACKET,
            hex("rhf"),
            decimal("payloadBytes"),
            decimal("entryDwords"),
            decimal("sequence"),
            hex("errors")),
    /** A packet ended in the receiving chip without an entry. */
    DROP(
            55,
            "drop",
            Extra.PACKET,
            named("counter", FlightField.Format.COUNTER),
            decimal("payloadBytes")),
    /** The armed interrupt of a context fired. */
    INTERRUPT(56, "interrupt", Extra.NONE),
    /** The chip reported errors that it had not reported yet. */
    CHIP_ERROR(57, "chip.error", Extra.NONE, hex("bits")),
    /** A PIO buffer was launched in a wrong way and stays busy. */
    SEND_BUFFER_ERROR(58, "chip.sendBufferError", Extra.NONE, decimal("pioBuffer")),
    /** The link went up or down. */
    LINK(59, "link", Extra.NONE, decimal("up")),

    /** A send was posted to a matched queue. */
    POST(64, "post", Extra.NONE, queue("synchronous")),
    /** A receive was posted that no message that is there matches. */
    RECEIVE(65, "receive", Extra.NONE, hex("tag"), hex("selector"), decimal("length")),
    /** A message came that no posted receive matches. */
    ARRIVE(66, "arrive", Extra.NONE, queue("requestToSend")),
    /** A message and a receive have found each other. */
    MATCH(67, "match", Extra.NONE, queue("room")),
    /** A send is complete: the outcome is PSM's, 0 is good. */
    SENT(68, "sent", Extra.NONE, queue("outcome")),
    /** A receive is complete. */
    RECEIVED(69, "received", Extra.NONE, queue("outcome")),

    /** A packet is written to a PIO buffer, and launched with the last store. */
    PIO(72, "pio", Extra.PACKET, decimal("pioBuffer"), decimal("payloadBytes"), hex("pbc")),
    /** A process took an entry from its header queue. */
    READ(73, "read", Extra.PACKET, hex("rhf"), decimal("payloadBytes"), hex("errors")),
    /** A process asked something of the daemon. */
    CALL(
            74,
            "call",
            Extra.BINARY,
            named("request", FlightField.Format.REQUEST),
            errno("result"),
            decimal("durationNs"));

    /** What the bytes of an event are. */
    public enum Extra {
        NONE,
        /** UTF-8. */
        TEXT,
        /** The 56 bytes of a packet's header, and after them as much of the payload as was kept. */
        PACKET,
        /** Anything else, printed in hexadecimal. */
        BINARY
    }

    private static final Map<Integer, FlightKind> BY_CODE = byCode();
    private static final Map<String, FlightKind> BY_NAME = byName();

    private final int code;
    private final String label;
    private final Extra extra;

    @SuppressWarnings("ImmutableEnumChecker") // of List.of, and records
    private final List<FlightField> fields;

    FlightKind(int code, String label, Extra extra, FlightField... fields) {
        if (fields.length > EventLayout.VALUES) {
            throw new IllegalArgumentException(label + " has more than six numbers");
        }
        this.code = code;
        this.label = label;
        this.extra = extra;
        this.fields = List.of(fields);
    }

    /** Its number in the record. */
    public int code() {
        return code;
    }

    /** Its name in dumps and searches, "app.send". */
    public String label() {
        return label;
    }

    public Extra extra() {
        return extra;
    }

    /** The names of its numbers, in order; further numbers of the record mean nothing. */
    public List<FlightField> fields() {
        return fields;
    }

    /** The kind with a number, or null: a later version wrote it. */
    public static FlightKind of(int code) {
        return BY_CODE.get(code);
    }

    /** The kind with a name, or null. */
    public static FlightKind labelled(String label) {
        return BY_NAME.get(label);
    }

    private static FlightField[] message(String fifth, String sixth) {
        return message(decimal(fifth), sixth.equals("checksum") ? hex(sixth) : decimal(sixth));
    }

    /** A message of a matched queue: whose, to whom, and which of this pair. */
    private static FlightField[] queue(String sixth) {
        return new FlightField[] {
            named("from", FlightField.Format.ENDPOINT),
            named("to", FlightField.Format.ENDPOINT),
            decimal("number"),
            hex("tag"),
            decimal("length"),
            decimal(sixth)
        };
    }

    /** The id of an application's message, see {@link MessageId}, and two more. */
    private static FlightField[] message(FlightField fifth, FlightField sixth) {
        return new FlightField[] {
            decimal("sender"),
            decimal("incarnation"),
            decimal("receiver"),
            decimal("sequence"),
            fifth,
            sixth
        };
    }

    private static Map<Integer, FlightKind> byCode() {
        Map<Integer, FlightKind> kinds = new HashMap<>();
        for (FlightKind kind : values()) {
            if (kinds.put(kind.code, kind) != null) {
                throw new IllegalStateException("two kinds have code " + kind.code);
            }
        }
        return Collections.unmodifiableMap(kinds);
    }

    private static Map<String, FlightKind> byName() {
        Map<String, FlightKind> kinds = new HashMap<>();
        for (FlightKind kind : values()) {
            if (kinds.put(kind.label, kind) != null) {
                throw new IllegalStateException("two kinds have the name " + kind.label);
            }
        }
        return Collections.unmodifiableMap(kinds);
    }
}

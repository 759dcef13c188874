package io.softpath.journal;

import io.softpath.abi.psm.EndpointId;
import io.softpath.flight.FlightEvent;
import io.softpath.flight.FlightKind;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What names a message of a matched queue in all journals: from which context to which, and its
 * number among those of this pair, from 0 on. Written {@code 1.2-1.3:17}. Its lower 16 bits are in
 * the header of each of its packets.
 *
 * @param fromLid LID of the sender's unit
 * @param fromContext the sender's context
 * @param toLid LID of the receiver's unit
 * @param toContext the receiver's context
 * @param number from 0 on
 */
record MessageName(int fromLid, int fromContext, int toLid, int toContext, long number) {
    private static final Pattern TEXT =
            Pattern.compile("(\\d{1,5})\\.(\\d{1,3})-(\\d{1,5})\\.(\\d{1,3}):(\\d{1,18})");

    /** The message that a text names; null if it is not written like one. */
    static MessageName parse(String text) {
        Matcher m = TEXT.matcher(text);
        return m.matches()
                ? new MessageName(
                        Integer.parseInt(m.group(1)),
                        Integer.parseInt(m.group(2)),
                        Integer.parseInt(m.group(3)),
                        Integer.parseInt(m.group(4)),
                        Long.parseLong(m.group(5)))
                : null;
    }

    /** The message that an event of a matched queue is about; null if it is another kind. */
    static MessageName of(FlightEvent event) {
        if (!isOfQueue(event)) {
            return null;
        }
        EndpointId from = new EndpointId(event.value("from"));
        EndpointId to = new EndpointId(event.value("to"));
        return new MessageName(
                from.lid(), from.context(), to.lid(), to.context(), event.value("number"));
    }

    private static boolean isOfQueue(FlightEvent event) {
        return event.is(FlightKind.POST)
                || event.is(FlightKind.ARRIVE)
                || event.is(FlightKind.MATCH)
                || event.is(FlightKind.SENT)
                || event.is(FlightKind.RECEIVED);
    }

    /** Whether a packet goes the way of this message. */
    boolean isWayOf(PacketFacts packet) {
        return packet.fromLid() == fromLid
                && packet.toLid() == toLid
                && same(packet.fromContext(), fromContext)
                && same(packet.toContext(), toContext);
    }

    /** Whether a packet goes the other way. */
    boolean isWayBackOf(PacketFacts packet) {
        return packet.fromLid() == toLid
                && packet.toLid() == fromLid
                && same(packet.fromContext(), toContext)
                && same(packet.toContext(), fromContext);
    }

    private static boolean same(int one, int other) {
        return ((one ^ other) & PacketFacts.CONTEXT_MASK) == 0;
    }

    /** Whether a packet begins or carries it, by the number in its header. */
    boolean isNumberOf(PacketFacts packet) {
        return packet.isOfMessage() && packet.message() == (number & 0xffff);
    }

    @Override
    public String toString() {
        return fromLid + "." + fromContext + "-" + toLid + "." + toContext + ":" + number;
    }
}

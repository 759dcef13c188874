package io.softpath.journal;

import io.softpath.abi.psm.MqClass;
import io.softpath.abi.psm.SubOpcode;
import io.softpath.flight.FlightEvent;
import io.softpath.flight.FlightKind;
import io.softpath.flight.Journals;
import io.softpath.flight.MessageId;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The life of one message, out of all journals: its post, its packets in the sender's process, in
 * the chips and in the receiver's process, its match and its completions.
 *
 * <p>Two looks. The first finds when the message was posted, by which process, and when both ends
 * were done with it. The second takes what happened in between and bears its name, or its number in
 * the header. Data that a receiver asked for bears neither: of messages that begin with a request
 * to send, all data of the pair between match and completion is taken.
 */
final class Story {
    private final List<Path> journals;
    private final MessageId id;
    private MessageName name;
    private FlightEvent post;
    private FlightEvent match;
    private long fromNs;
    private long untilNs = Long.MIN_VALUE;
    private boolean announced;

    /** Buffers that packets of it were written to, and that no chip has seen launched yet. */
    private final Set<String> written = new HashSet<>();

    /**
     * @param id of an application's message, or null
     * @param name of the message, or null if that is to be found by the id
     */
    Story(List<Path> journals, MessageId id, MessageName name) {
        this.journals = journals;
        this.id = id;
        this.name = name;
    }

    /** What happened, in order; empty if nothing is known of it. */
    List<FlightEvent> tell() {
        if (id != null) {
            nameByPost();
        }
        if (name != null) {
            findEnds();
        }
        List<FlightEvent> events = new ArrayList<>();
        Journals.forEach(
                journals,
                event -> {
                    if (isOfId(event) || name != null && isOfMessage(event)) {
                        events.add(event);
                    }
                });
        return events;
    }

    /** The name in headers, once it is found; null if the message never got that far. */
    MessageName name() {
        return name;
    }

    /** The application says that it sends, and then posts: the next post is the message's. */
    private void nameByPost() {
        Journals.forEach(
                journals,
                event -> {
                    if (event.is(FlightKind.APP_SEND) && isOfId(event)) {
                        post = event;
                    } else if (name == null
                            && post != null
                            && event.is(FlightKind.POST)
                            && event.journal().pid() == post.journal().pid()) {
                        name = MessageName.of(event);
                        post = event;
                        fromNs = event.timeNs();
                    }
                });
    }

    /** Of several processes that had this name one after the other, the last one is told of. */
    private void findEnds() {
        Journals.forEach(journals, this::end);
    }

    private void end(FlightEvent event) {
        if (!name.equals(MessageName.of(event)) || event.timeNs() < fromNs) {
            return;
        }
        switch (event.kind()) {
            case POST -> {
                if (id != null && post != null && event.timeNs() != post.timeNs()) {
                    return;
                }
                post = event;
                fromNs = event.timeNs();
                untilNs = Long.MIN_VALUE;
                match = null;
            }
            case MATCH -> match = event;
            default -> {
                // an arrival or a completion
            }
        }
        untilNs = Math.max(untilNs, event.timeNs());
    }

    private boolean isOfId(FlightEvent event) {
        return id != null && isOfApplication(event) && event.messageId().equals(id);
    }

    private static boolean isOfApplication(FlightEvent event) {
        return event.is(FlightKind.APP_SEND)
                || event.is(FlightKind.APP_ACKED)
                || event.is(FlightKind.APP_FAILED)
                || event.is(FlightKind.APP_DELIVERED)
                || event.is(FlightKind.APP_POSTED);
    }

    private boolean isOfMessage(FlightEvent event) {
        if (event.timeNs() < fromNs || event.timeNs() > untilNs) {
            return false;
        }
        if (name.equals(MessageName.of(event))) {
            return true;
        }
        if (event.is(FlightKind.LAUNCH)) {
            return written.remove(buffer(event));
        }
        PacketFacts packet = PacketFacts.of(event);
        if (packet == null) {
            return false;
        }
        boolean ours =
                name.isWayOf(packet) && name.isNumberOf(packet)
                        || announced && match != null && isDataAskedFor(event, packet);
        announced |= ours && isRequestToSend(packet);
        if (ours && event.is(FlightKind.PIO)) {
            written.add(buffer(event));
        }
        return ours;
    }

    /** A chip sees which buffer was launched before it looks at what is in it. */
    private static String buffer(FlightEvent event) {
        return event.unit() + ":" + event.value("pioBuffer");
    }

    private static boolean isRequestToSend(PacketFacts packet) {
        return packet.mqClass() == MqClass.RTS
                || packet.mqClass() == MqClass.RTS_EGR
                || packet.mqClass() == MqClass.RTS_WAIT;
    }

    private boolean isDataAskedFor(FlightEvent event, PacketFacts packet) {
        if (event.timeNs() < match.timeNs()) {
            return false;
        }
        if (name.isWayOf(packet)) {
            return packet.isExpected()
                    || packet.mqClass() == MqClass.DATA_REQ
                    || packet.mqClass() == MqClass.DATA_REQ_BLK;
        }
        return name.isWayBackOf(packet)
                && (packet.mqClass() == MqClass.CTS_EGR
                        || packet.subOpcode() == SubOpcode.TIDS_GRANT);
    }
}

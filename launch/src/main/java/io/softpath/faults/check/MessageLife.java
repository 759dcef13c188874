package io.softpath.faults.check;

import java.util.ArrayList;
import java.util.List;

/** All that was recorded of one message. */
final class MessageLife {
    final MessageId id;

    /** Null if nobody has recorded that it was sent. */
    Event.Sent sent;

    int timesSent;
    int timesAcknowledged;
    final List<Event.Delivered> deliveries = new ArrayList<>(1);
    final List<Event.Failed> failures = new ArrayList<>(0);

    MessageLife(MessageId id) {
        this.id = id;
    }

    boolean isAcknowledged() {
        return timesAcknowledged > 0;
    }
}

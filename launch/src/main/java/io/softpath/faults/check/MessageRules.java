package io.softpath.faults.check;

import io.softpath.faults.check.Event.Delivered;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What holds for each message by itself. */
final class MessageRules {
    private MessageRules() {}

    static void acknowledgedIsDelivered(Rule rule, Lives lives, Consumer<Violation> found) {
        for (MessageLife m : lives.messages()) {
            if (m.isAcknowledged() && m.deliveries.isEmpty()) {
                String sent =
                        m.sent == null
                                ? ""
                                : " (incarnation " + m.sent.toIncarnation() + " was meant)";
                found.accept(
                        rule.broken(
                                m.id,
                                "was acknowledged, but no incarnation of member "
                                        + m.id.to()
                                        + " has recorded that it was delivered"
                                        + sent
                                        + "; expected one delivery"));
            }
        }
    }

    static void deliveredOnce(Rule rule, Lives lives, Consumer<Violation> found) {
        for (MessageLife m : lives.messages()) {
            if (m.deliveries.size() > 1) {
                found.accept(
                        rule.broken(
                                m.id,
                                "was delivered "
                                        + m.deliveries.size()
                                        + " times, by "
                                        + places(m.deliveries)
                                        + "; expected once at most"));
            }
        }
    }

    private static String places(List<Delivered> deliveries) {
        return deliveries.stream()
                .map(d -> d.by() + " in slot " + d.slot())
                .collect(Collectors.joining(", "));
    }

    static void whole(Rule rule, Lives lives, Consumer<Violation> found) {
        for (MessageLife m : lives.messages()) {
            for (Delivered d : m.deliveries) {
                String wrong = difference(m, d);
                if (wrong != null) {
                    found.accept(rule.broken(m.id, "was delivered by " + d.by() + ", " + wrong));
                }
            }
        }
    }

    /** What is wrong with a delivery; null if nothing is. */
    private static String difference(MessageLife m, Delivered d) {
        if (m.sent == null) {
            return "but " + m.id.sender() + " has never sent it";
        }
        if (d.by().member() != m.id.to()) {
            return "but it was sent to member " + m.id.to();
        }
        if (d.length() != m.sent.length()) {
            return "length=" + d.length() + ", expected length=" + m.sent.length();
        }
        return d.checksum() == m.sent.checksum()
                ? null
                : String.format(
                        "length=%d checksum=%08x, expected checksum=%08x",
                        d.length(), d.checksum(), m.sent.checksum());
    }

    static void oneOutcome(Rule rule, Lives lives, Consumer<Violation> found) {
        for (MessageLife m : lives.messages()) {
            String wrong = null;
            if (m.timesSent > 1) {
                wrong = "was sent " + m.timesSent + " times; expected a number for each message";
            } else if (m.timesSent == 0 && (m.isAcknowledged() || !m.failures.isEmpty())) {
                wrong = "has an outcome, but was never sent";
            } else if (m.isAcknowledged() && !m.failures.isEmpty()) {
                wrong =
                        "was acknowledged, and failed with "
                                + m.failures.getFirst().error()
                                + "; expected one of the two";
            } else if (m.timesAcknowledged > 1) {
                wrong = "was acknowledged " + m.timesAcknowledged + " times; expected once";
            } else if (m.failures.size() > 1) {
                wrong = "failed " + m.failures.size() + " times; expected once";
            }
            if (wrong != null) {
                found.accept(rule.broken(m.id, wrong));
            }
        }
    }
}

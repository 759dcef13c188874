package io.softpath.faults.check;

import io.softpath.faults.check.Event.Delivered;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What holds for the messages of a pair, or of a connection. */
final class ReceiverRules {
    private record Connection(Incarnation from, int to, int number) {}

    private record Pair(Incarnation from, Incarnation to) {}

    private ReceiverRules() {}

    static void rightReceiver(Rule rule, Lives lives, Consumer<Violation> found) {
        Map<Connection, Delivered> first = new HashMap<>();
        for (MessageLife m : lives.messages()) {
            if (m.sent == null) {
                continue;
            }
            Connection connection = new Connection(m.id.sender(), m.id.to(), m.sent.connection());
            for (Delivered d : m.deliveries) {
                int meant = m.sent.toIncarnation();
                Delivered before = first.putIfAbsent(connection, d);
                if (meant != Incarnation.UNKNOWN && meant != d.by().number()) {
                    found.accept(
                            rule.broken(
                                    m.id,
                                    "was delivered by "
                                            + d.by()
                                            + ", but its connection was with "
                                            + new Incarnation(m.id.to(), meant)));
                } else if (before != null && !before.by().equals(d.by())) {
                    found.accept(
                            rule.broken(
                                    m.id,
                                    "was delivered by "
                                            + d.by()
                                            + ", but "
                                            + before.message()
                                            + " of the same connection "
                                            + connection.number()
                                            + " by "
                                            + before.by()
                                            + "; expected one of the two for both"));
                }
            }
        }
    }

    static void inOrder(Rule rule, Lives lives, Consumer<Violation> found) {
        Map<Pair, List<Delivered>> pairs = new LinkedHashMap<>();
        for (MessageLife m : lives.messages()) {
            for (Delivered d : m.deliveries) {
                pairs.computeIfAbsent(new Pair(m.id.sender(), d.by()), _ -> new ArrayList<>())
                        .add(d);
            }
        }
        for (List<Delivered> pair : pairs.values()) {
            pair.sort(Comparator.comparingLong(Delivered::slot));
            for (int i = 1; i < pair.size(); i++) {
                Delivered one = pair.get(i - 1);
                Delivered next = pair.get(i);
                // A message that came twice is another rule's.
                if (one.message().number() > next.message().number()) {
                    found.accept(
                            rule.broken(
                                    next.message(),
                                    "was delivered by "
                                            + next.by()
                                            + " in slot "
                                            + next.slot()
                                            + ", after "
                                            + one.message()
                                            + " in slot "
                                            + one.slot()
                                            + "; expected it before"));
                }
            }
        }
    }
}

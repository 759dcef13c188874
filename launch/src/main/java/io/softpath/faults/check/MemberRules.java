package io.softpath.faults.check;

import io.softpath.faults.check.Event.Counted;
import io.softpath.faults.check.Event.How;
import io.softpath.faults.check.Lives.Life;

import java.util.Map;
import java.util.function.Consumer;

/** What holds for those who exchange messages, and for what they use. */
final class MemberRules {
    private MemberRules() {}

    static void failedForAReason(Rule rule, Lives lives, Consumer<Violation> found) {
        for (MessageLife m : lives.messages()) {
            if (m.failures.isEmpty() || m.sent == null || hasReason(m, lives)) {
                continue;
            }
            found.accept(
                    rule.broken(
                            m.id,
                            "failed with "
                                    + m.failures.getFirst().error()
                                    + ", but neither "
                                    + m.id.sender()
                                    + " nor member "
                                    + m.id.to()
                                    + " was killed or lost its daemon"));
        }
    }

    private static boolean hasReason(MessageLife m, Lives lives) {
        int to = m.sent.toIncarnation();
        return lives.cutShort(m.id.sender())
                || (to == Incarnation.UNKNOWN
                        ? lives.anyCutShort(m.id.to())
                        : lives.cutShort(new Incarnation(m.id.to(), to)));
    }

    static void nobodyHangs(Rule rule, Lives lives, Consumer<Violation> found) {
        for (Map.Entry<Incarnation, Life> e : lives.incarnations().entrySet()) {
            Life life = e.getValue();
            String wrong = null;
            if (life.ended(How.HUNG)) {
                wrong = "was not done at its deadline; expected it to exit";
            } else if (life.ends.isEmpty()) {
                wrong = "has no end; expected it to exit, or to have been killed";
            } else if (life.started != 1 || life.ends.size() > 1) {
                wrong = "began " + life.started + " times and ended " + life.ends;
            }
            if (wrong != null) {
                found.accept(rule.broken(e.getKey(), wrong));
            }
        }
        for (MessageLife m : lives.messages()) {
            if (!m.isAcknowledged() && m.failures.isEmpty() && m.sent != null) {
                unsettled(rule, m, lives, found);
            }
        }
    }

    /** Only who was killed may have left it open what became of a message. */
    private static void unsettled(
            Rule rule, MessageLife m, Lives lives, Consumer<Violation> found) {
        if (!lives.ended(m.id.sender(), How.KILLED)) {
            found.accept(
                    rule.broken(
                            m.id,
                            "was neither acknowledged nor failed, though "
                                    + m.id.sender()
                                    + " was not killed; expected one of the two"));
        }
    }

    static void nothingLeft(Rule rule, Lives lives, Consumer<Violation> found) {
        for (Counted c : lives.counts()) {
            if (c.before() != c.after()) {
                found.accept(
                        rule.broken(
                                c.resource(),
                                c.after() + " in use afterwards, expected " + c.before()));
            }
        }
    }
}

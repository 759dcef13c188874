package io.softpath.faults.check;

import java.util.function.Consumer;

/** One sentence of the promise. */
public enum Rule {
    /** Who was told that a message has arrived can rely on it, even if the receiver died since. */
    ACKNOWLEDGED_IS_DELIVERED("an acknowledged message is delivered") {
        @Override
        void check(Lives lives, Consumer<Violation> found) {
            MessageRules.acknowledgedIsDelivered(this, lives, found);
        }
    },
    /** No message comes twice, to the same incarnation or to two. */
    DELIVERED_ONCE("no message is delivered twice") {
        @Override
        void check(Lives lives, Consumer<Violation> found) {
            MessageRules.deliveredOnce(this, lives, found);
        }
    },
    /** What was meant for an incarnation that is gone does not come to the next one. */
    RIGHT_RECEIVER("a message comes to whom it was sent") {
        @Override
        void check(Lives lives, Consumer<Violation> found) {
            ReceiverRules.rightReceiver(this, lives, found);
        }
    },
    /** What comes was sent, and is what was sent. */
    WHOLE("what is delivered was sent, byte for byte") {
        @Override
        void check(Lives lives, Consumer<Violation> found) {
            MessageRules.whole(this, lives, found);
        }
    },
    /** Of two messages of a pair the first one sent is matched first. */
    IN_ORDER("messages of a pair come in order") {
        @Override
        void check(Lives lives, Consumer<Violation> found) {
            ReceiverRules.inOrder(this, lives, found);
        }
    },
    /** The sender is told one thing, once. */
    ONE_OUTCOME("a message has one outcome") {
        @Override
        void check(Lives lives, Consumer<Violation> found) {
            MessageRules.oneOutcome(this, lives, found);
        }
    },
    /** Messages between members who live do not fail. */
    FAILED_FOR_A_REASON("a message fails only if its sender or receiver was cut short") {
        @Override
        void check(Lives lives, Consumer<Violation> found) {
            MemberRules.failedForAReason(this, lives, found);
        }
    },
    /** Whoever lives comes to an end, and so does each of its messages. */
    NOBODY_HANGS("who survives comes to an end") {
        @Override
        void check(Lives lives, Consumer<Violation> found) {
            MemberRules.nobodyHangs(this, lives, found);
        }
    },
    /** Contexts, TIDs, pins, memory, descriptors, files: as many as before. */
    NOTHING_LEFT("everything is given back") {
        @Override
        void check(Lives lives, Consumer<Violation> found) {
            MemberRules.nothingLeft(this, lives, found);
        }
    };

    private final String sentence;

    Rule(String sentence) {
        this.sentence = sentence;
    }

    /** What it holds softpath to. */
    public String sentence() {
        return sentence;
    }

    abstract void check(Lives lives, Consumer<Violation> found);

    /** A violation of this rule. */
    Violation broken(Object subject, String text) {
        return new Violation(name(), subject.toString(), text);
    }
}

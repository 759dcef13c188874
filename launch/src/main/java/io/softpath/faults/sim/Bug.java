package io.softpath.faults.sim;

import io.softpath.faults.check.Rule;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** Known bugs to plant, to see that they are found: at the seams, so that no engine has them. */
enum Bug {
    LOST_ACK("an acknowledgement that has arrived is forgotten", Rule.NOBODY_HANGS),
    EARLY_ACK(
            "a message counts as acknowledged when it is sent",
            Rule.ACKNOWLEDGED_IS_DELIVERED,
            Rule.ONE_OUTCOME),
    DUPLICATED_DELIVERY("a message is handed over twice", Rule.DELIVERED_ONCE),
    REORDERED_DELIVERY("a message overtakes the one before it", Rule.IN_ORDER),
    NEXT_INCARNATION(
            "what was under way to a dead process is sent to the one that comes after it",
            Rule.RIGHT_RECEIVER),
    TORN_HEADER("a header has some bytes of another one", Rule.WHOLE),
    CORRUPTED_PAYLOAD("a payload has a wrong bit that nobody checks", Rule.WHOLE),
    FALSE_FAILURE("a message is reported as failed to nobody's fault", Rule.FAILED_FOR_A_REASON),
    LEAKED_PIN("pinned memory is not given back", Rule.NOTHING_LEFT),
    LEAKED_TID("a TID is not given back", Rule.NOTHING_LEFT),
    HANG("a process stops and is not continued", Rule.NOBODY_HANGS),
    CRASH("a process dies of an exception", Rule.NOBODY_HANGS);

    private final String sentence;
    private final Rule finder;
    private final Rule otherFinder;

    Bug(String sentence, Rule finder) {
        this(sentence, finder, finder);
    }

    Bug(String sentence, Rule finder, Rule otherFinder) {
        this.sentence = sentence;
        this.finder = finder;
        this.otherFinder = otherFinder;
    }

    String sentence() {
        return sentence;
    }

    /** The rules of which one must find it. */
    Set<Rule> finders() {
        return EnumSet.of(finder, otherFinder);
    }

    /** As on the command line. */
    String option() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

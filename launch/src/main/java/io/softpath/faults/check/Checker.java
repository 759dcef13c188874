package io.softpath.faults.check;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Holds a history against the rules. */
public final class Checker {
    private Checker() {}

    /** What breaks any rule; empty if all hold. The same history gives the same list. */
    public static List<Violation> check(History history) {
        return check(history, EnumSet.allOf(Rule.class));
    }

    /** As {@link #check(History)}, with these rules only. */
    public static List<Violation> check(History history, Set<Rule> rules) {
        Lives lives = new Lives(history);
        List<Violation> found = new ArrayList<>();
        for (Rule rule : rules) {
            rule.check(lives, found::add);
        }
        return found;
    }
}

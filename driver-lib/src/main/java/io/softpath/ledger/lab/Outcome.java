package io.softpath.ledger.lab;

import io.softpath.ledger.Violation;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What comes of a session; several at once, except for {@link #OK}. */
public enum Outcome {
    OK("works, and every page comes back"),
    EARLY("freed while the driver, the chip or a process still uses it"),
    BAD("bad page state: the allocator gets a page that it must not get so"),
    OOPS("a count goes below zero, or a page is freed twice: the kernel stops, or breaks later"),
    LEAK("memory never comes back"),
    HOLE("the user sees zeros instead of what the chip writes"),
    REFUSED("mmap is refused with EINVAL"),
    ABSENT("the kernel of this era has no such call");

    private final String text;

    Outcome(String text) {
        this.text = text;
    }

    /** In words. */
    public String text() {
        return text;
    }

    /** As in the matrix. */
    public String label() {
        return this == ABSENT ? "-" : name().toLowerCase(Locale.ROOT);
    }

    /** Whether a driver may live with it. */
    public boolean good() {
        return this == OK;
    }

    /** Several, as in the matrix, such as "early+oops". */
    public static String label(Set<Outcome> outcomes) {
        return outcomes.stream().map(Outcome::label).collect(Collectors.joining("+"));
    }

    static Set<Outcome> of(Set<Violation> violations) {
        EnumSet<Outcome> outcomes = EnumSet.noneOf(Outcome.class);
        if (violations.contains(Violation.NO_SUCH_CALL)) {
            outcomes.add(ABSENT); // whatever the driver would have done next
            return outcomes;
        }
        for (Violation violation : violations) {
            switch (violation) {
                case FREED_EARLY -> outcomes.add(EARLY);
                case BAD_PAGE_STATE -> outcomes.add(BAD);
                case UNDERFLOW -> outcomes.add(OOPS);
                case DOUBLE_FREE -> {
                    outcomes.add(BAD);
                    outcomes.add(OOPS);
                }
                case LEAK -> outcomes.add(LEAK);
                case HOLE -> outcomes.add(HOLE);
                case REFUSED -> outcomes.add(REFUSED);
                case NO_SUCH_CALL -> {
                    // The first thing looked for.
                }
            }
        }
        if (outcomes.isEmpty()) {
            outcomes.add(OK);
        }
        return outcomes;
    }
}

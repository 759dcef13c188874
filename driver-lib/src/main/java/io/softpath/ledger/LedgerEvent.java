package io.softpath.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One thing that happened to one page or to a run of pages alike, in words.
 *
 * @param kind what happened
 * @param text what happened, without the pages' counts
 * @param subject name of the memory; empty if the event is about none
 * @param firstPage of the run; counted within what the name stands for
 * @param lastPage of the run
 * @param before count before, or {@link #NO_COUNT}
 * @param after count after, or {@link #NO_COUNT}
 * @param ofFirstPage the count is that of the block's first page, which counts for all
 * @param rules behind it
 * @param wrongs what went wrong with it; empty in a good story
 */
public record LedgerEvent(
        Kind kind,
        String text,
        String subject,
        int firstPage,
        int lastPage,
        int before,
        int after,
        boolean ofFirstPage,
        List<Rule> rules,
        List<Wrong> wrongs) {
    /** In place of a count: the event changes none. */
    public static final int NO_COUNT = Integer.MIN_VALUE;

    /** What can happen. */
    public enum Kind {
        OPEN,
        ALLOCATE,
        RESERVE,
        CLEAR_RESERVED,
        CHIP_TARGET,
        CHIP_STOP,
        CHIP_WRITE,
        MAP,
        TOUCH,
        FORK,
        COPY_ON_WRITE,
        UNMAP,
        PIN,
        UNPIN,
        CLOSE,
        FREE,
        REUSE,
        END
    }

    /**
     * Something wrong.
     *
     * @param violation what
     * @param why in words
     * @param rule behind it; null if it is the allocator's own check
     * @param inferred not in a source
     */
    public record Wrong(Violation violation, String why, Rule rule, boolean inferred) {
        /** In words, with rule and mark. */
        public String sentence() {
            return violation.text()
                    + ": "
                    + why
                    + mark(rule == null ? List.of() : List.of(rule), inferred);
        }
    }

    public LedgerEvent {
        rules = List.copyOf(rules);
        wrongs = List.copyOf(wrongs);
    }

    /** The pages in words, such as "header queue pages 0-3". */
    public String pages() {
        if (subject.isEmpty()) {
            return "";
        }
        return firstPage == lastPage
                ? subject + " page " + firstPage
                : subject + " pages " + firstPage + "-" + lastPage;
    }

    /** What happened: without what is wrong about it. */
    public String sentence() {
        return text.replace("%", pages()) + counts() + mark(rules, false);
    }

    /** What happened, and behind it what was wrong, each in a sentence. */
    public List<String> sentences() {
        List<String> all = new ArrayList<>();
        all.add(sentence());
        wrongs.forEach(wrong -> all.add(wrong.sentence()));
        return all;
    }

    private String counts() {
        if (before == NO_COUNT && after == NO_COUNT) {
            return "";
        }
        String whose = ofFirstPage ? "first page's count" : "count";
        if (before == NO_COUNT) {
            return "; " + whose + " " + after;
        }
        return before == after
                ? "; " + whose + " stays " + after
                : "; " + whose + " " + before + " -> " + after;
    }

    private static String mark(List<Rule> rules, boolean inferred) {
        String text = rules.stream().map(Enum::name).collect(Collectors.joining(" "));
        if (inferred) {
            text = text.isEmpty() ? "inferred" : text + ", inferred";
        }
        return text.isEmpty() ? "" : " [" + text + "]";
    }

    /** This event and the next as one, if the next is the same of the page behind; else null. */
    LedgerEvent with(LedgerEvent next) {
        boolean alike =
                kind == next.kind
                        && ofFirstPage == next.ofFirstPage
                        && !subject.isEmpty()
                        && next.firstPage == lastPage + 1
                        && subject.equals(next.subject)
                        && text.equals(next.text)
                        && rules.equals(next.rules)
                        && wrongs.equals(next.wrongs);
        boolean sameStep = before == next.before && after == next.after;
        boolean stepsOn = ofFirstPage && next.before == after && goesOn(next);
        if (!alike || !sameStep && !stepsOn) {
            return null;
        }
        return new LedgerEvent(
                kind,
                text,
                subject,
                firstPage,
                next.lastPage,
                before,
                next.after,
                ofFirstPage,
                rules,
                wrongs);
    }

    /** Both steps count the same way. */
    private boolean goesOn(LedgerEvent next) {
        return Integer.signum(after - before) == Integer.signum(next.after - next.before);
    }
}

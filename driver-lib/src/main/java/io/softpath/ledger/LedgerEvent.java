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
 * @param pageCount how many pages, which is fewer than the run is long if it has gaps
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
        int pageCount,
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
        if (firstPage == lastPage) {
            return subject + " page " + firstPage;
        }
        String run = subject + " pages " + firstPage + "-" + lastPage;
        return pageCount == lastPage - firstPage + 1 ? run : pageCount + " of " + run;
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
        if (!alike(next) || next.firstPage != lastPage + 1) {
            return null;
        }
        boolean sameStep = before == next.before && after == next.after;
        boolean stepsOn = ofFirstPage && next.before == after && goesOn(next);
        return sameStep || stepsOn ? joined(next) : null;
    }

    /** This event and another one as one, if they differ only in the pages; else null. */
    LedgerEvent foldedWith(LedgerEvent other) {
        return alike(other) && before == other.before && after == other.after
                ? joined(other)
                : null;
    }

    private boolean alike(LedgerEvent other) {
        return kind == other.kind
                && ofFirstPage == other.ofFirstPage
                && !subject.isEmpty()
                && subject.equals(other.subject)
                && text.equals(other.text)
                && rules.equals(other.rules)
                && wrongs.equals(other.wrongs);
    }

    /** Both steps count the same way. */
    private boolean goesOn(LedgerEvent next) {
        return Integer.signum(after - before) == Integer.signum(next.after - next.before);
    }

    private LedgerEvent joined(LedgerEvent other) {
        return new LedgerEvent(
                kind,
                text,
                subject,
                Math.min(firstPage, other.firstPage),
                Math.max(lastPage, other.lastPage),
                pageCount + other.pageCount,
                before,
                other.after,
                ofFirstPage,
                rules,
                wrongs);
    }
}

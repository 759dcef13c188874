package io.softpath.ledger;

import io.softpath.ledger.LedgerEvent.Kind;
import io.softpath.ledger.LedgerEvent.Wrong;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Tells the log what happens. Texts are only made if the log keeps them. */
final class Story {
    private static final int NO_COUNT = LedgerEvent.NO_COUNT;

    private final EventLog log;

    Story(EventLog log) {
        this.log = log;
    }

    EventLog log() {
        return log;
    }

    /** Somebody reads it. */
    boolean told() {
        return log.keeps();
    }

    /** Where what goes wrong with one event is noted; null if nobody reads it. */
    List<Wrong> wrongs() {
        return told() ? new ArrayList<>() : null;
    }

    /**
     * Notes what went wrong.
     *
     * @param rule may be null
     */
    void wrong(List<Wrong> wrongs, Violation violation, String why, Rule rule, boolean inferred) {
        log.wrong(violation);
        if (wrongs != null) {
            Wrong wrong = new Wrong(violation, why, rule, inferred);
            if (!wrongs.contains(wrong)) {
                wrongs.add(wrong);
            }
        }
    }

    /** About no page in particular. */
    void say(Kind kind, String text, Rule... rules) {
        say(kind, text, null, rules);
    }

    void say(Kind kind, String text, List<Wrong> wrongs, Rule... rules) {
        add(kind, text, "", 0, 0, NO_COUNT, NO_COUNT, false, wrongs, rules);
    }

    /** About all pages of a block. */
    void about(Kind kind, String text, Block block, Rule... rules) {
        int first = block.firstPage();
        add(
                kind,
                text,
                block.name(),
                first,
                first + block.pages() - 1,
                NO_COUNT,
                NO_COUNT,
                false,
                null,
                rules);
    }

    /** About a page whose count does not matter here. */
    void page(Kind kind, String text, Frame frame, List<Wrong> wrongs, Rule... rules) {
        run(kind, text, frame.block, frame.index, 1, NO_COUNT, NO_COUNT, false, wrongs, rules);
    }

    /** About a page whose count was {@code before} and is now what the page says. */
    void counted(
            Kind kind, String text, Frame frame, int before, List<Wrong> wrongs, Rule... rules) {
        run(
                kind,
                text,
                frame.block,
                frame.index,
                1,
                before,
                frame.pageCount(),
                frame.block.compound(),
                wrongs,
                rules);
    }

    /** About some pages of a block. */
    void run(
            Kind kind,
            String text,
            Block block,
            int index,
            int pages,
            int before,
            int after,
            boolean ofFirstPage,
            List<Wrong> wrongs,
            Rule... rules) {
        int first = block.firstPage() + index;
        add(
                kind,
                text,
                block.name(),
                first,
                first + pages - 1,
                before,
                after,
                ofFirstPage,
                wrongs,
                rules);
    }

    private void add(
            Kind kind,
            String text,
            String subject,
            int first,
            int last,
            int before,
            int after,
            boolean ofFirstPage,
            List<Wrong> wrongs,
            Rule... rules) {
        log.add(
                new LedgerEvent(
                        kind,
                        text,
                        subject,
                        first,
                        last,
                        last - first + 1,
                        before,
                        after,
                        ofFirstPage,
                        Arrays.stream(rules).filter(Objects::nonNull).toList(),
                        wrongs == null ? List.of() : wrongs));
    }
}

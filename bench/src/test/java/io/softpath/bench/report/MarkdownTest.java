package io.softpath.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.softpath.bench.report.Markdown.Column;

import org.junit.jupiter.api.Test;

import java.util.List;

class MarkdownTest {
    @Test
    void shouldPutAnEmptyLineBetweenBlocks() {
        assertEquals(
                """
                # Page

                Some text.

                * one
                * two

                | name | value |
                |---|--:|
                | a.b | 1 |
                | c | 2 |
                """,
                new Markdown()
                        .heading(1, "Page")
                        .paragraph("Some text.")
                        .list(List.of("one", "two"))
                        .table(
                                List.of(new Column("name", true), new Column("value", false)),
                                List.of(List.of("a.b", "1"), List.of("c", "2")))
                        .finish());
    }

    @Test
    void shouldKeepCellsWholeWhateverTheyHold() {
        assertEquals(
                """
                | a\\|b |
                |---|
                | c \\\\\\| d e |
                """,
                new Markdown()
                        .table(
                                List.of(new Column("a|b", true)),
                                List.of(List.of("c \\|\r\nd\u2028e\t")))
                        .finish());
    }

    @Test
    void shouldEscapeWhatWouldBeMarkdownOrHtml() {
        assertEquals("\\<b\\>\\&lt;\n", paragraph("<b>&lt;"));
        assertEquals(
                "\\[a\\](b) \\`c\\` \\*d\\* \\_e\\_ \\~f\\~ \\$g\\$\n",
                paragraph("[a](b) `c` *d* _e_ ~f~ $g$"));
    }

    @Test
    void shouldEscapeWhatWouldBeginAListOrAHeading() {
        for (String first : List.of("-", "+", "#", "=")) {
            assertEquals("\\" + first + " a - b\n", paragraph(first + " a - b"));
            assertEquals("\\" + first + " a\n", paragraph(" \n" + first + " a"));
        }
        assertEquals("12\\. a 3. b\n", paragraph("12. a 3. b"));
        assertEquals("1\\) a\n", paragraph("1) a"));
        assertEquals("1.5 a\n", paragraph("1.5 a"));
    }

    @Test
    void shouldLeaveAloneWhatWasWrittenByHand() {
        assertEquals("**a** | `b`\n", new Markdown().verbatim("\n**a** | `b`\n\n").finish());
    }

    private static String paragraph(String text) {
        return new Markdown().paragraph(text).finish();
    }
}

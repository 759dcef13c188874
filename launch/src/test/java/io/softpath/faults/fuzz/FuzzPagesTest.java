package io.softpath.faults.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

import java.io.StringReader;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import javax.xml.parsers.DocumentBuilderFactory;

class FuzzPagesTest {
    private static final Fuzz.Outcome GOOD = new Fuzz.Outcome("", "", null);
    private static final Fuzz.Outcome BAD =
            new Fuzz.Outcome(
                    "a <context> was kept & not given back", "softpath faults fuzz --seed 3", null);

    private static FuzzReport report(Fuzz.Outcome outcome, Coverage.Need need) {
        Set<Target> targets = EnumSet.of(Target.control);
        Fuzz fuzz = new Fuzz(3, targets, Plant.NONE);
        fuzz.coverage().row("request", "MMAP", need).count("EPERM");
        fuzz.coverage().did(Target.control, 41);
        return new FuzzReport(fuzz, targets, outcome);
    }

    @Test
    void shouldSayWhatWasSentAndWhatCameOfIt() {
        FuzzReport report = report(GOOD, Coverage.Need.REFUSED);
        for (String page : List.of(FuzzPages.html(report), FuzzPages.markdown(report))) {
            assertTrue(page.contains("Nobody noticed."), page);
            assertTrue(page.indexOf("hostile records") < page.indexOf("MMAP"), page);
            assertTrue(page.contains("sent 41"), page);
            assertTrue(page.contains("EPERM 1"), page);
            assertFalse(page.contains("ot tried") || page.contains("Violation"), page);
        }
    }

    @Test
    void shouldSayHowAViolationIsRepeatedAndWhatWasNotTried() {
        FuzzReport report = report(BAD, Coverage.Need.BOTH);
        for (String page : List.of(FuzzPages.html(report), FuzzPages.markdown(report))) {
            assertTrue(page.contains("softpath faults fuzz --seed 3"), page);
            assertTrue(page.contains("Somebody noticed: 1 violation."), page);
            assertTrue(page.contains("request MMAP: never accepted"), page);
        }
    }

    @Test
    void shouldWriteHtmlThatIsWellFormedAndNeedsNothingElse() throws Exception {
        String page = FuzzPages.html(report(BAD, Coverage.Need.BOTH));
        var document =
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(
                                new InputSource(
                                        new StringReader(page.replace("<!DOCTYPE html>", ""))));
        assertEquals(1, document.getElementsByTagName("h1").getLength());
        assertFalse(page.contains("http"), "no address");
        assertFalse(page.contains("<script"), "no script");
    }
}

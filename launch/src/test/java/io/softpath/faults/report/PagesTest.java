package io.softpath.faults.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

import java.io.StringReader;
import java.util.List;
import java.util.Map;

import javax.xml.parsers.DocumentBuilderFactory;

class PagesTest {
    private static final Found FOUND =
            new Found(2, "WHOLE", "0#1->1:7", "length=3 <expected> 4\nmore", "softpath --round 2");

    private static RoundResult round(int number, Found... found) {
        return new RoundResult(
                number,
                number * 5000L,
                4800,
                Map.of("kills", 2, "pauses", 1),
                Map.of("pio.half-written", 1),
                Map.of("sent", 100L, "acknowledged", 90L, "failed", 10L, "delivered", 95L),
                List.of(1.0, 3.0),
                List.of(
                        new Happening(number * 5000L + 10, 0, 3, "kill"),
                        new Happening(number * 5000L + 20, 150, 1, "pause"),
                        new Happening(number * 5000L + 30, 0, -1, "kill daemon"),
                        new Happening(number * 5000L + 40, 0, -1, "violation: WHOLE")),
                List.of(found));
    }

    private static List<CampaignResult> runs(Found... found) {
        return List.of(
                new CampaignResult(7, "2026-01-01T00:00:00Z", "a & b", "2 CPUs", List.of(round(1))),
                new CampaignResult(
                        8,
                        "2026-01-02T00:00:00Z",
                        "a & b",
                        "2 CPUs",
                        List.of(round(1), round(20, found))));
    }

    @Test
    void shouldAddUpSeveralRuns() {
        Summary summary = Summary.of(runs(FOUND));
        assertEquals(List.of(7L, 8L), summary.seeds());
        assertEquals(3, summary.rounds());
        assertEquals(6, summary.faults().get("kills"));
        assertEquals(300, summary.messages().get("sent"));
        assertEquals(3, summary.points().get("pio.half-written"));
        assertEquals(6, summary.lostCount());
        assertEquals(1.0, summary.lostMedianMs());
        assertEquals(3.0, summary.lostMaxMs());
        assertEquals(List.of(FOUND), summary.found());
        assertEquals("1 violation.", summary.verdict());
    }

    @Test
    void shouldSayHowEachViolationIsRepeated() {
        List<CampaignResult> runs = runs(FOUND);
        Summary summary = Summary.of(runs);
        for (String page :
                List.of(
                        TextPage.of(summary),
                        MarkdownPage.of(summary, runs),
                        HtmlPage.of(summary, runs))) {
            assertTrue(page.contains("softpath --round 2"), page);
            assertTrue(page.contains("WHOLE"), page);
        }
    }

    @Test
    void shouldSayThatEveryPromiseHeldOnlyIfItDid() {
        assertTrue(TextPage.of(Summary.of(runs())).contains("Every promise held."));
        assertFalse(TextPage.of(Summary.of(runs(FOUND))).contains("Every promise held."));
    }

    @Test
    void shouldWriteHtmlThatIsWellFormedAndNeedsNothingElse() throws Exception {
        List<CampaignResult> runs = runs(FOUND);
        String page = HtmlPage.of(Summary.of(runs), runs);
        DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(page.replace("<!DOCTYPE html>", ""))));
        assertFalse(page.contains("http"), "no address");
        assertTrue(page.contains("<svg"), "a time line");
        assertTrue(page.contains("class=\"daemon\""), "the daemon's death is in it");
    }

    @Test
    void shouldReadBackWhatItWrote() throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        CampaignResult run = runs(FOUND).getLast();
        String json = mapper.writeValueAsString(run);
        assertEquals(run, mapper.readValue(json, CampaignResult.class));
    }
}

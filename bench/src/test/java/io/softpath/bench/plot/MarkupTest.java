package io.softpath.bench.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

class MarkupTest {
    private static final String HOSTILE = "</p><script>\"'&amp;]]>\n\u00e9\ud83d\ude00";

    @Test
    void shouldReadBackAnyTextAndAttribute() throws Exception {
        String written = new Markup().doctype().element("p", HOSTILE, "title", "<\"'&>").finish();

        Element p = Xml.parse(written).getDocumentElement();
        assertEquals(HOSTILE, p.getTextContent().strip());
        assertEquals("<\"'&>", p.getAttribute("title"));
        assertTrue(written.startsWith("<!DOCTYPE html>\n<p "), written);
    }

    @Test
    void shouldReplaceWhatXmlCannotHold() throws Exception {
        String written = new Markup().element("p", "a\u0000b\u001bc\ud800d\uffffe").finish();

        String text = Xml.parse(written).getDocumentElement().getTextContent();
        assertEquals("a\ufffdb\ufffdc\ufffdd\ufffde", text);
    }

    @Test
    void shouldNotEndAnElementInItsBeginningWhenABrowserExpectsItsEnd() {
        assertEquals("<td></td>\n", new Markup().element("td", "").finish());
        assertEquals("<p><br/>\n</p>", new Markup().open("p").empty("br").finish());
    }
}

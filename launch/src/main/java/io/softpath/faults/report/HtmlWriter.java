package io.softpath.faults.report;

/** Writes one HTML page that needs nothing else, neither another file nor a script. */
public final class HtmlWriter {
    private static final String STYLE =
            """
            :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
            body { max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
            h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2rem }
            table { border-collapse: collapse } th { text-align: left; font-weight: 500 }
            td, th { padding: .15rem 1.2rem .15rem 0; vertical-align: top }
            .good { color: #1a7f37 } .bad { color: #cf222e }
            pre { white-space: pre-wrap; padding: .6rem; border: 1px solid #8884 }
            svg { width: 100%; height: auto } svg text { fill: currentColor; font-size: 11px }
            .kill { fill: #cf222e } .point { fill: #d4691e } .pause { fill: #0969da }
            .daemon { fill: #8250df } .link { fill: #9a6700 } .other { fill: #57606a }
            .violation { fill: #f0f } .lane { stroke: #8884 } .round { fill: #8881 }
            """;

    private final StringBuilder out = new StringBuilder();

    /**
     * Begins the page.
     *
     * @param heading what it is about
     */
    public HtmlWriter(String heading) {
        out.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>");
        out.append("<meta name=\"viewport\" content=\"width=device-width\"/>");
        out.append("<title>softpath faults</title><style>").append(STYLE);
        out.append("</style></head><body>\n");
        element("h1", "", heading);
    }

    /**
     * An element that has text alone.
     *
     * @param type its class; empty for none
     */
    public void element(String tag, String type, String text) {
        out.append('<').append(tag);
        if (!type.isEmpty()) {
            out.append(" class=\"").append(type).append('"');
        }
        out.append('>').append(escape(text)).append("</").append(tag).append(">\n");
    }

    /** Begins a table. */
    public void beginTable() {
        out.append("<table>");
    }

    /** A row: what it is about, and what there is to say of it. */
    public void row(String name, String... values) {
        out.append("<tr><th scope=\"row\">").append(escape(name)).append("</th>");
        for (String each : values) {
            out.append("<td>").append(escape(each)).append("</td>");
        }
        out.append("</tr>");
    }

    /** Ends a table. */
    public void endTable() {
        out.append("</table>\n");
    }

    /** Markup, as it is. */
    void raw(String markup) {
        out.append(markup);
    }

    /** Ends the page: all of it. */
    public String end() {
        return out.append("</body></html>").toString();
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}

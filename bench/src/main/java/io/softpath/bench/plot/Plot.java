package io.softpath.bench.plot;

/** A picture that can be written. */
public interface Plot {
    /** What it shows, in a few words. */
    String title();

    /**
     * Writes it as SVG.
     *
     * @param id of the element, which no other one on the page has
     */
    void write(Markup out, String id);
}

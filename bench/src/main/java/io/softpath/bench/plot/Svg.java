package io.softpath.bench.plot;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** The shapes that plots are made of; colours and letters are the style sheet's, by class. */
final class Svg {
    /** Narrow, so that what is written in it can still be read when a phone shows all of it. */
    static final double WIDTH = 480;

    /** Of the letters, in the same units. */
    static final double FONT = 13;

    /** A letter is about so much wide, in most fonts without serifs; generous. */
    private static final double LETTER = 0.58 * FONT;

    private final Markup out;

    Svg(Markup out) {
        this.out = out;
    }

    /** Opens a picture that is read out by its title and description. */
    void open(String id, double height, String title, String description) {
        out.open(
                "svg",
                "xmlns",
                "http://www.w3.org/2000/svg",
                "viewBox",
                "0 0 " + number(WIDTH) + " " + number(height),
                "role",
                "img",
                "aria-labelledby",
                id + "-title " + id + "-desc");
        out.element("title", title, "id", id + "-title");
        out.element("desc", description, "id", id + "-desc");
    }

    void close() {
        out.close();
    }

    void line(String style, double x1, double y1, double x2, double y2) {
        out.empty(
                "line",
                "class",
                style,
                "x1",
                number(x1),
                "y1",
                number(y1),
                "x2",
                number(x2),
                "y2",
                number(y2));
    }

    /** Text that begins, ends or has its middle at x, as the class says. */
    void text(String style, double x, double y, String content) {
        out.element("text", content, "class", style, "x", number(x), "y", number(y));
    }

    /** Text that is read upwards. */
    void upwards(String style, double x, double y, String content) {
        out.element(
                "text",
                content,
                "class",
                style,
                "transform",
                "translate(" + number(x) + " " + number(y) + ") rotate(-90)");
    }

    /** A curve through points, each given as "x y"; a browser shows the name under the pointer. */
    void curve(String style, Iterable<String> points, String name) {
        out.open("path", "class", style, "d", "M" + String.join(" L", points));
        out.element("title", name).close();
    }

    void dot(String style, double x, double y, String name) {
        out.open("circle", "class", style, "cx", number(x), "cy", number(y), "r", "3.5");
        out.element("title", name).close();
    }

    void bar(String style, double x, double y, double width, double height, String name) {
        out.open(
                "rect",
                "class",
                style,
                "x",
                number(x),
                "y",
                number(y),
                "width",
                number(width),
                "height",
                number(height));
        out.element("title", name).close();
    }

    static String point(double x, double y) {
        return number(x) + " " + number(y);
    }

    /** About how wide text is. */
    static double width(String text) {
        return text.length() * LETTER;
    }

    /** A tenth is finer than a screen shows. */
    static String number(double value) {
        BigDecimal rounded = BigDecimal.valueOf(value).setScale(1, RoundingMode.HALF_EVEN);
        return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }
}

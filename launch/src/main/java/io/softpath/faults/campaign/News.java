package io.softpath.faults.campaign;

/** What the children do, as the campaign hears of it. */
sealed interface News {
    Child from();

    /** It has printed a line; seen at that time. */
    record Line(Child from, String text, long atNs) implements News {}

    /** It has ended, and everything that it has printed was heard before. */
    record Ended(Child from, int exitCode) implements News {}
}

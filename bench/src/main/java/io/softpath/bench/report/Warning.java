package io.softpath.bench.report;

/**
 * Something about the machine or the run that a reader should know before any figure is quoted.
 *
 * @param kind for tools, which compare it: it never changes its meaning
 * @param text for people: sentences
 */
public record Warning(String kind, String text) {}

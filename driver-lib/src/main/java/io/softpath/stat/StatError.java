package io.softpath.stat;

/**
 * One distinct error: the same exception from the same place counts as one.
 *
 * @param count how often it happened
 * @param firstMs first time, ms since 1970
 * @param lastMs last time, ms since 1970
 * @param text the exception with its stack
 */
public record StatError(int count, long firstMs, long lastMs, String text) {}

package io.softpath.faults.report;

/**
 * A promise that was not kept.
 *
 * @param round in which round
 * @param rule which promise
 * @param subject of what
 * @param text what was found, and what was expected
 * @param command repeats the round
 */
public record Found(int round, String rule, String subject, String text, String command) {}

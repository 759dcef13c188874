package io.softpath.bench.report;

/**
 * What was not measured because it is not on this machine.
 *
 * @param name of the results that are missing, up to where they differ
 * @param why and what would help
 */
public record Absent(String name, String why) {}

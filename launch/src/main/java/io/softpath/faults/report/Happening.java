package io.softpath.faults.report;

/**
 * Something for the time line.
 *
 * @param atMs since the campaign began
 * @param ms how long it went on; 0: a moment
 * @param where the rank; -1: the daemon
 * @param what a fault, or what happened of itself
 */
public record Happening(long atMs, long ms, int where, String what) {}

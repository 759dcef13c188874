/**
 * Untrusted clients: {@code softpath faults fuzz} says and writes whatever a hostile process can,
 * beside honest ones, and decides whether anybody but itself noticed.
 *
 * <p>All of a round, the daemon too, runs in the thread that began it, from one seed: the same seed
 * does the same again. Only {@code Processes} lets it run against a daemon in its own process.
 */
package io.softpath.faults.fuzz;

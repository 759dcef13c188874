/**
 * Endpoints in a world of one thread: their engines are the ones that run over the chip; links that
 * lose, double and reorder packets, the chips that place what comes by TID, the memory that
 * processes of a host share, and time are simulated, and repeat themselves for each seed.
 *
 * <p>The engines' own tests and {@code softpath faults sim} live here.
 */
package io.softpath.psm.sim;

/**
 * The floor: the fastest round trip that two processes can have on this machine, through nothing
 * but shared memory. The harness starts two children; each spins on the thread that runs its {@code
 * main}.
 */
package io.softpath.bench.floor;

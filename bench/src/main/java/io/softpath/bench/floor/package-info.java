/**
 * The floor: what two processes, and one, can do on this machine through nothing but shared memory
 * and the kernel. The harness starts children; each works on the thread that runs its {@code main}.
 */
package io.softpath.bench.floor;

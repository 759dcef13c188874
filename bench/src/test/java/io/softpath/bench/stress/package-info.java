/**
 * Memory order of the words that chip and user share, under jcstress: the accessors of {@code abi}
 * over native memory, as both processes use them. jcstress runs each actor on a thread of its own;
 * {@code MemoryOrderIT} starts it.
 */
package io.softpath.bench.stress;

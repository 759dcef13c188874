/**
 * Micro-benchmarks of the pieces of the fast path; run by {@code softpath bench jmh}, on JMH's
 * threads.
 */
package io.softpath.bench.jmh;

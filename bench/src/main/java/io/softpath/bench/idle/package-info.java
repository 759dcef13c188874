/**
 * What a daemon and its users cost while nobody sends: CPU time, wake-ups, memory, and how long it
 * takes to get going again. The harness starts them and reads /proc.
 */
package io.softpath.bench.idle;

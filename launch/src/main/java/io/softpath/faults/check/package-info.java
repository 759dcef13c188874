/**
 * Decides from what processes have recorded whether softpath kept its promise: every acknowledged
 * message delivered exactly once, whole and in order, nothing else delivered, nobody hanging,
 * nothing left behind.
 *
 * <p>Pure: a {@link io.softpath.faults.check.History} goes in, {@link
 * io.softpath.faults.check.Violation}s come out. Each {@link io.softpath.faults.check.Rule} is one
 * sentence of the promise. The histories of several processes are put together in any order: no
 * rule looks at the order of events, only at what is numbered.
 */
package io.softpath.faults.check;

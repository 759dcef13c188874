/**
 * The {@code softpath bench} command: what one figure is, how it is measured, how it is printed.
 *
 * <p>The harness only starts children, waits and prints; whatever is timed runs in a child JVM, on
 * the thread that runs its {@code main}.
 */
package io.softpath.bench;

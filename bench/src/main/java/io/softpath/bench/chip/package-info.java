/**
 * The chip measured from outside: a private daemon and user processes, each a JVM of its own, that
 * send through it. The harness starts them and reads /proc; users measure on the thread that runs
 * their {@code main}.
 */
package io.softpath.bench.chip;

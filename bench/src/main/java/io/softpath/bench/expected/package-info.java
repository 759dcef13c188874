/**
 * Expected receive measured from outside: a private daemon, a process that has data and one that
 * wants it, each a JVM of its own. Users measure on the thread that runs their {@code main}.
 */
package io.softpath.bench.expected;

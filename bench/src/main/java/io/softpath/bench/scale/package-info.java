/**
 * What it costs that there are many: contexts on a chip, peers of an endpoint. A private daemon and
 * a user process that has all of them, and measures on the thread that runs its {@code main}.
 */
package io.softpath.bench.scale;

/**
 * Messages that are sent when they are due, whatever becomes of those before: what they wait for
 * counts. Users are JVMs of their own and measure on the thread that runs their {@code main}; where
 * one has both ends of the way, that thread has both.
 */
package io.softpath.bench.load;

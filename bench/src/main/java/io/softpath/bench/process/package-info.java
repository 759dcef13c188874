/**
 * Child JVMs of the harness: started with the project's own JVM flags, given a deadline for
 * everything, heard by one reader thread for each of their two streams, and gone when the harness
 * is gone.
 */
package io.softpath.bench.process;

/**
 * The daemon as a process: options, run directory, wiring, and the one thread that runs everything.
 *
 * <p>{@link io.softpath.daemon.DutyCycle} is that thread's work: all chips and the control channel,
 * one after the other, so that neither needs a lock. Other threads ask it to stop, or unmap what it
 * needs no more.
 */
package io.softpath.daemon;

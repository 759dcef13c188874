/**
 * The chip as a deterministic state machine: send engine, receive engine, TIDs, PIO availability,
 * error registers.
 *
 * <p>Owns no thread, file, clock or lock. One thread drives a {@link io.softpath.daemon.chip.Chip}:
 * the duty cycle of the daemon, or a simulation that runs thousands of seeds. Memory, the wire and
 * randomness come from outside, so the same code runs in both. Nothing a user can store in shared
 * memory makes it throw, loop, block or write outside that user's own regions and pinned pages:
 * each shared word is read once and the copy is validated.
 */
package io.softpath.daemon.chip;

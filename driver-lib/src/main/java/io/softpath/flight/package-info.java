/**
 * The flight recorder: journals of what a process did, which can be read after every process was
 * killed. Start at {@link io.softpath.flight.JournalWriter} and {@link
 * io.softpath.flight.JournalReader}; {@link io.softpath.flight.FlightKind} is the table of all
 * events.
 *
 * <p>A journal is a directory of segments, each a Chronicle Queue; this is the only package that
 * knows of Chronicle, and its classes are loaded only by those who record or read. A writer belongs
 * to one thread, a reader too.
 */
package io.softpath.flight;

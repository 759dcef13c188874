package io.softpath.daemon.chip;

/**
 * One line of a register dump.
 *
 * @param name the register's name in the chip's documents
 * @param context the context it belongs to, or -1 for the chip
 * @param value the value the chip holds, which for a user register may differ from what the user
 *     scribbled there
 */
public record RegisterValue(String name, int context, long value) {}

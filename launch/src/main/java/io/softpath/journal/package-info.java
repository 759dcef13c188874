/**
 * The command {@code softpath journal}: shows what flight recorders wrote, also of processes that
 * were killed. Reads files and prints; starts no thread and changes nothing.
 */
package io.softpath.journal;

/**
 * Eager receive: the header queue, the eager buffers and the two heads that give them back. One
 * thread receives on a context at a time; nothing here locks, allocates or calls the system.
 */
package io.softpath.driver.receive;

/**
 * Memory that two processes of one daemon share, so that they can hand each other messages without
 * the chip. The daemon makes it, and gives it to these two alone.
 */
package io.softpath.driver.direct;

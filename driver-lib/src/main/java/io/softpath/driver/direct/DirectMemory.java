package io.softpath.driver.direct;

import io.softpath.linux.MappedMemory;

/**
 * Memory that two processes share, laid out as {@link io.softpath.abi.direct.DirectLayout} says.
 *
 * @param side which of the two we are
 * @param memory mapped as long as it, or anything made from it, is reachable
 */
public record DirectMemory(int side, MappedMemory memory) {}

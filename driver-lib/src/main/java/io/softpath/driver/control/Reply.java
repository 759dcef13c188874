package io.softpath.driver.control;

import io.softpath.linux.Fd;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * What the daemon answered to one request that it did not refuse.
 *
 * @param result 0 or more
 * @param payload the reply's data, the caller's own
 * @param fd a descriptor that came with it; the caller closes it
 * @param interruptsSeen how many interrupts had come before this reply
 */
public record Reply(int result, MemorySegment payload, Optional<Fd> fd, long interruptsSeen) {}

package io.softpath.daemon.region;

import io.softpath.abi.region.RegionKind;

/**
 * One mapping as the daemon granted it, for the tools that list mappings. It says what a client
 * asked for, not what it did afterwards: the kernel's own view is in {@code /proc/<pid>/smaps}.
 *
 * @param kind what is mapped
 * @param request as asked for
 * @param sinceEpochMs when it was first granted
 * @param count how often the same was granted and not given back
 */
public record Grant(RegionKind kind, MapRequest request, long sinceEpochMs, int count) {
    /** The same mapping granted {@code by} times more. */
    public Grant again(int by) {
        return new Grant(kind, request, sinceEpochMs, count + by);
    }
}

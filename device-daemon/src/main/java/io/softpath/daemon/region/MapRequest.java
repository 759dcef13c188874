package io.softpath.daemon.region;

import io.softpath.abi.control.ControlRecord;

/**
 * What a client asks of mmap.
 *
 * @param token the file offset
 * @param length bytes wanted
 * @param protection {@link ControlRecord#PROT_READ} and its neighbours
 * @param flags {@link ControlRecord#MAP_SHARED} or {@link ControlRecord#MAP_PRIVATE}
 */
public record MapRequest(long token, long length, int protection, int flags) {
    boolean wants(int bit) {
        return (protection & bit) != 0;
    }
}

package io.softpath.driver.expected;

import io.softpath.driver.Destination;
import io.softpath.driver.PinnedRegion;
import io.softpath.driver.SendResult;

import java.lang.foreign.MemorySegment;

/** What expected transfers need of their context: TIDs from the driver, packets from the sender. */
public interface ExpectedDriver {
    /** TID_UPDATE: the TIDs of so many pages from this address on, all or none. */
    int[] tidUpdate(long address, int pages);

    /** TID_FREE. */
    void tidFree(int[] tids);

    /** TID_FREE, then TID_UPDATE; if that is refused, the old ones are free all the same. */
    default int[] tidReplace(int[] freed, long address, int pages) {
        tidFree(freed);
        return tidUpdate(address, pages);
    }

    /** Refuses memory that is another context's. */
    void checkOwn(PinnedRegion region);

    /** What an access to memory that is no longer mapped means to the caller. */
    RuntimeException afterClose(IllegalStateException e);

    /** Sends one expected packet. */
    SendResult packet(
            Destination to,
            int psn,
            int tid,
            int pageOffset,
            int pktFlags,
            int flags,
            long data0,
            long data1,
            MemorySegment payload,
            long offset,
            int length);

    /**
     * Has the chip send pinned memory.
     *
     * @param record a {@link io.softpath.abi.packet.GatherRecord} from its beginning on; not kept
     */
    SendResult gather(Destination to, int psn, long data0, long data1, MemorySegment record);
}

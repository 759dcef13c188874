package io.softpath.driver.expected;

import io.softpath.abi.control.TidInfo;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.ExpectedPsn;
import io.softpath.abi.packet.TidSessionList;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import java.lang.foreign.MemorySegment;

/**
 * A copy of what a peer granted, checked: every TID exists, all pages but the first start at 0, all
 * but the last end with the page, and together they are as long as the window. Whatever a peer
 * sends, the packets that follow from a grant which was taken over are packets that a chip sends.
 *
 * <p>Reused; owned by the sending thread.
 */
final class Grant {
    private static final int MAX_TIDS = TidInfo.BITMAP_BYTES * Byte.SIZE;
    private static final int PAGE_BYTES = ChipModel.TID_MAX_SIZE;

    private final int[] tids = new int[MAX_TIDS];
    private final int[] read = new int[MAX_TIDS];
    private int tidCount;
    private int firstOffset;
    private int length;
    private long messageOffset;
    private long descriptor;
    private int psn;
    private boolean suppresses;

    /**
     * Takes a grant over, or refuses it and stays as it was. The memory is read once.
     *
     * @param bytes of the memory that the peer has written, at most
     * @param messageBytes the message that it may ask for
     * @throws SoftpathException.Refused EPROTO if it is no grant that can be carried out
     */
    void read(MemorySegment s, long offset, int bytes, long messageBytes) {
        if (bytes < TidSessionList.bytes(1)) {
            throw bad("bytes=" + bytes + " least=" + TidSessionList.bytes(1));
        }
        int count = TidSessionList.tidCount(s, offset);
        int listBytes = TidSessionList.listBytes(s, offset);
        int type = TidSessionList.type(s, offset);
        if (type != TidSessionList.TYPE_LIST) {
            throw bad("type=" + type + " wanted=" + TidSessionList.TYPE_LIST);
        }
        if (count < 1 || count > MAX_TIDS) {
            throw bad("tids=" + count + " is outside 1.." + MAX_TIDS);
        }
        if (listBytes != TidSessionList.bytes(count) || listBytes > bytes) {
            throw bad("listBytes=" + listBytes + " tids=" + count + " bytes=" + bytes);
        }
        int unaligned =
                TidSessionList.unalignedStart(s, offset) | TidSessionList.unalignedEnd(s, offset);
        if (unaligned != 0) {
            throw bad("unaligned=" + unaligned + ": this library's windows have whole dwords");
        }
        int newLength = TidSessionList.length(s, offset);
        long newMessageOffset = TidSessionList.sourceOffset(s, offset) & 0xFFFF_FFFFL;
        int start = TidSessionList.start(s, offset, listBytes);
        int newFirstOffset = 0;
        int sum = 0;
        for (int i = 0; i < count; i++) {
            int tid = TidSessionList.tid(s, offset, i);
            int from = TidSessionList.offset(s, offset, i);
            int entry = TidSessionList.entryLength(s, offset, i);
            boolean starts = i == 0 ? from < PAGE_BYTES : from == 0;
            boolean ends = i == count - 1 ? from + entry <= PAGE_BYTES : from + entry == PAGE_BYTES;
            if (tid >= MAX_TIDS || !starts || !ends || entry < 1 || ((from | entry) & 3) != 0) {
                throw bad("entry=" + i + " tid=" + tid + " offset=" + from + " length=" + entry);
            }
            read[i] = tid;
            newFirstOffset = i == 0 ? from : newFirstOffset;
            sum += entry;
        }
        if (newLength < 1 || newLength > sum || sum - newLength > 3) {
            throw bad("length=" + newLength + " sumOfEntries=" + sum);
        }
        if (newMessageOffset % Integer.BYTES != 0 || newLength > messageBytes - newMessageOffset) {
            throw bad(
                    "messageOffset="
                            + newMessageOffset
                            + " length="
                            + newLength
                            + " messageBytes="
                            + messageBytes);
        }
        if (ExpectedPsn.generation(start) == 0) {
            throw bad("generation=0 psn=" + (start & 0xFF_FFFF));
        }
        System.arraycopy(read, 0, tids, 0, count);
        tidCount = count;
        firstOffset = newFirstOffset;
        length = newLength;
        messageOffset = newMessageOffset;
        descriptor = TidSessionList.descriptor(s, offset);
        psn = start & 0xFF_FFFF;
        suppresses = (start & TidSessionList.SUPPRESSES) != 0;
    }

    private static SoftpathException bad(String what) {
        return SoftpathException.of(
                Errno.EPROTO, "expected: the peer's grant cannot be carried out: " + what);
    }

    int[] tids() {
        return tids;
    }

    int tidCount() {
        return tidCount;
    }

    /** Where the window starts in the page of the first TID. */
    int firstOffset() {
        return firstOffset;
    }

    int length() {
        return length;
    }

    /** The length with the last dword whole. */
    int wholeLength() {
        return length + 3 & ~3;
    }

    long messageOffset() {
        return messageOffset;
    }

    long descriptor() {
        return descriptor;
    }

    /** Of the first packet. */
    int psn() {
        return psn;
    }

    /** Whether the receiver's chip leaves out header entries that nobody asks for. */
    boolean suppresses() {
        return suppresses;
    }
}

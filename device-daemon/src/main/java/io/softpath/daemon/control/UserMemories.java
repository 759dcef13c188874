package io.softpath.daemon.control;

import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.register.DriverCounter;
import io.softpath.daemon.chip.GatherSource;
import io.softpath.daemon.region.UserMemory;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;
import io.softpath.linux.MappedMemory;

import org.agrona.collections.Int2ObjectHashMap;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The memory that the owner of one context asked for so that the chip can reach it. */
final class UserMemories implements GatherSource {
    /** A bug put in on purpose, for {@code softpath faults run --self-test}, which must find it. */
    private static final boolean LEAKS = "leaked-pin".equals(System.getProperty("softpath.plant"));

    /** Pieces of one context, those included that are freed and still pinned. */
    static final int MAX_PIECES = 256;

    /**
     * Bytes of all those pieces together. The daemon maps each, whatever is used of it, and has 128
     * TiB of addresses: the contexts of its most units, 256, take half of them and leave the rest
     * to whoever opens the next one.
     */
    static final long MAX_TOTAL_BYTES = UserMemory.MAX_BYTES;

    /**
     * Pieces of one context that the daemon keeps a descriptor of, so that others can be given one.
     */
    static final int MAX_SHAREABLE = 32;

    /** User addresses end here. Source: x86 page_64_types.h, TASK_SIZE_MAX, without its guard. */
    static final long ADDRESS_END = 1L << 47;

    private final UnitDriver unit;
    private final int context;
    private final Int2ObjectHashMap<UserMemory> byHandle = new Int2ObjectHashMap<>();
    private final TreeMap<Long, UserMemory> byAddress = new TreeMap<>();
    private PinAccount account;
    private int lastHandle;
    private long totalBytes;

    UserMemories(UnitDriver unit, int context) {
        this.unit = unit;
        this.context = context;
    }

    /**
     * MEM_CREATE.
     *
     * @param shareable keep a descriptor, unless there are too many already
     */
    Answer create(PinAccount payer, long bytes, boolean shareable, long nowEpochMs) {
        if (bytes < 1 || bytes > UserMemory.MAX_BYTES) {
            return Answer.refuse(
                    Errno.EINVAL,
                    "register memory: bytes="
                            + Long.toUnsignedString(bytes)
                            + " is out of range, choose 1.."
                            + UserMemory.MAX_BYTES);
        }
        if (byHandle.size() >= MAX_PIECES) {
            return Answer.refuse(
                    Errno.ENOMEM,
                    "register memory: context="
                            + context
                            + " has limit="
                            + MAX_PIECES
                            + " pieces already; free some, or ask for larger ones");
        }
        long fileBytes = UserMemory.fileBytes(bytes);
        if (totalBytes + fileBytes > MAX_TOTAL_BYTES) {
            return Answer.refuse(
                    Errno.ENOMEM,
                    "register memory: bytes="
                            + fileBytes
                            + " needed, context="
                            + context
                            + " has bytes="
                            + totalBytes
                            + " already, limit="
                            + MAX_TOTAL_BYTES
                            + " for all its pieces; free some, or open another context");
        }
        if (lastHandle == Integer.MAX_VALUE) {
            return Answer.refuse(
                    Errno.ENOMEM,
                    "register memory: context="
                            + context
                            + " has given out handle="
                            + lastHandle
                            + ", the last one there is; open another context");
        }
        Answer refusal =
                Faults.errno(FaultPoint.PIN_REGISTER) == 0
                        ? payer.register(fileBytes)
                        : Answer.refuse(
                                Errno.ENOMEM,
                                "register memory: bytes="
                                        + fileBytes
                                        + ": a fault plan wants it refused ("
                                        + FaultPoint.PIN_REGISTER
                                        + ")");
        if (refusal != null) {
            return refusal;
        }
        UserMemory made;
        try {
            made = new UserMemory(unit.number(), context, lastHandle + 1, bytes, nowEpochMs);
            if (shareable && shareableCount() < MAX_SHAREABLE) {
                made.keepReadable();
            }
        } catch (SoftpathException e) {
            payer.unregister(fileBytes);
            return Answer.refuse(e.errno(), "register memory: " + e.getMessage());
        }
        Faults.at(FaultPoint.DAEMON_MEMORY_MADE);
        account = payer;
        lastHandle = made.handle();
        totalBytes += made.bytes();
        byHandle.put(made.handle(), made);
        unit.count(DriverCounter.MEM_REGIONS);
        unit.count(DriverCounter.MEM_BYTES, made.bytes());
        byte[] payload = new byte[ControlRecord.MEM_REPLY_BYTES - ControlRecord.REPLY_PAYLOAD];
        ControlRecord.putU64(
                MemorySegment.ofArray(payload),
                ControlRecord.MEM_REPLY_FILE_BYTES - ControlRecord.REPLY_PAYLOAD,
                made.bytes());
        return Answer.give(made.handle(), payload, made.fd());
    }

    /** MEM_BIND. */
    Answer bind(int handle, long address) {
        UserMemory memory = get(handle);
        if (memory == null) {
            return noSuchMemory("bind memory", handle);
        }
        if (address != 0) {
            if (address < 0
                    || address % MappedMemory.PAGE_BYTES != 0
                    || address > ADDRESS_END - memory.bytes()) {
                return Answer.refuse(
                        Errno.EINVAL,
                        "bind memory: address=0x"
                                + Long.toHexString(address)
                                + " bytes="
                                + memory.bytes()
                                + " is not on a page boundary below 0x"
                                + Long.toHexString(ADDRESS_END));
            }
            UserMemory other = overlapping(memory, address);
            if (other != null) {
                return Answer.refuse(
                        Errno.EINVAL,
                        "bind memory: address=0x"
                                + Long.toHexString(address)
                                + " bytes="
                                + memory.bytes()
                                + " overlaps handle="
                                + other.handle()
                                + " address=0x"
                                + Long.toHexString(other.address())
                                + " bytes="
                                + other.bytes()
                                + "; unbind that one first");
            }
        }
        unbind(memory);
        memory.address(address);
        if (address != 0) {
            byAddress.put(address, memory);
        }
        return Answer.OK;
    }

    private int shareableCount() {
        int count = 0;
        for (UserMemory memory : byHandle.values()) {
            count += memory.isShareable() ? 1 : 0;
        }
        return count;
    }

    private UserMemory overlapping(UserMemory self, long address) {
        Map.Entry<Long, UserMemory> below = byAddress.lowerEntry(address + self.bytes());
        if (below != null && below.getValue() == self) {
            below = byAddress.lowerEntry(self.address());
        }
        return below != null && below.getKey() + below.getValue().bytes() > address
                ? below.getValue()
                : null;
    }

    private void unbind(UserMemory memory) {
        if (memory.address() != 0) {
            byAddress.remove(memory.address());
        }
    }

    /** MEM_FREE. */
    Answer free(int handle) {
        UserMemory memory = get(handle);
        if (memory == null) {
            return noSuchMemory("free memory", handle);
        }
        unbind(memory);
        memory.free();
        forgetIfUnused(memory);
        return Answer.OK;
    }

    private Answer noSuchMemory(String what, int handle) {
        return Answer.refuse(
                Errno.EINVAL,
                what
                        + ": handle="
                        + Integer.toUnsignedString(handle)
                        + " is none that context="
                        + context
                        + " has; use what MEM_CREATE answered");
    }

    /** The piece that its owner has mapped where this address lies, or null. */
    UserMemory at(long address) {
        Map.Entry<Long, UserMemory> below = byAddress.floorEntry(address);
        return below != null && address < below.getKey() + below.getValue().bytes()
                ? below.getValue()
                : null;
    }

    /** The piece of that handle, unless its owner has freed it; null if there is none. */
    UserMemory get(int handle) {
        UserMemory memory = byHandle.get(handle);
        return memory == null || memory.freed() ? null : memory;
    }

    /**
     * What a gather record may send from. One that is under way asks before each burst, so memory
     * that is freed meanwhile is not read any more.
     */
    @Override
    public MemorySegment region(int handle) {
        UserMemory memory = get(handle);
        return memory == null ? null : memory.memory();
    }

    /** Unmaps a piece that its owner has freed and nobody uses any more. */
    void forgetIfUnused(UserMemory memory) {
        if (memory.unused()) {
            forget(memory);
        }
    }

    private void forget(UserMemory memory) {
        if (byHandle.remove(memory.handle()) != null) {
            account.unregister(memory.bytes());
            totalBytes -= memory.bytes();
            unit.count(DriverCounter.MEM_REGIONS, -1);
            unit.count(DriverCounter.MEM_BYTES, -memory.bytes());
        }
        if (memory.unused()) {
            unit.unmap(memory);
        }
    }

    /** All pieces, freed ones that live on included, by handle. */
    List<UserMemory> all() {
        List<UserMemory> all = new ArrayList<>(byHandle.values());
        all.sort((a, b) -> Integer.compare(a.handle(), b.handle()));
        return all;
    }

    /** The owner is gone, and so are its TIDs. What somebody holds is unmapped later. */
    void close() {
        byAddress.clear();
        for (UserMemory memory : all()) {
            if (LEAKS) {
                continue;
            }
            memory.free();
            forget(memory);
        }
    }
}

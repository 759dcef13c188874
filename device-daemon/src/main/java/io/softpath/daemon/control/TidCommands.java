package io.softpath.daemon.control;

import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.control.TidInfo;
import io.softpath.daemon.region.UserMemory;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;
import io.softpath.linux.MappedMemory;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * TID_UPDATE and TID_FREE, step by step in the driver's order, so that whatever is wrong has the
 * driver's errno. Each step looks before anything is done: a refusal has nothing to undo. Source:
 * qib_file_ops.c, qib_tid_update and qib_tid_free; qib_user_pages.c, qib_get_user_pages.
 */
final class TidCommands {
    private static final Logger LOG = LoggerFactory.getLogger(TidCommands.class);
    private static final int TID_BYTES = Short.BYTES;

    private final PinAccounts accounts;
    private final Function<OpenFile, AddressSpace> spaces;
    private final LongSupplier epochMs;

    /**
     * @param spaces the ordinary memory of the process that opened a file, which has an account
     */
    TidCommands(
            PinAccounts accounts, Function<OpenFile, AddressSpace> spaces, LongSupplier epochMs) {
        this.accounts = accounts;
        this.spaces = spaces;
        this.epochMs = epochMs;
    }

    Answer update(OpenContext context, TidInfo info) {
        if (info.count() == 0) {
            return Answer.refuse(Errno.EFAULT, "tid update: count=0, ask for at least one page");
        }
        int count = clamp(context, Integer.toUnsignedLong(info.count()));
        Answer refusal =
                range(Errno.EFAULT, "vaddr", info.vaddr(), count * MappedMemory.PAGE_BYTES);
        if (refusal == null) {
            refusal = limit(context, count);
        }
        if (refusal != null) {
            return refusal;
        }
        Pin[] pins = new Pin[count];
        refusal = pin(context, info.vaddr() & -MappedMemory.PAGE_BYTES, pins);
        if (refusal != null) {
            return refusal;
        }
        int[] tids = context.tids.find(count);
        if (tids == null) {
            return Answer.refuse(
                    Errno.ENOMEM,
                    "tid update: count="
                            + count
                            + " TIDs wanted, free="
                            + (context.tids.size() - context.tids.used())
                            + " of="
                            + context.tids.size()
                            + " in context="
                            + context.number
                            + (context.whole.sharing.isShared()
                                    ? " subcontext=" + context.subcontext
                                    : "")
                            + "; free some with TID_FREE, or ask for fewer");
        }
        refusal = output("tidlist", info.tidList(), (long) count * TID_BYTES);
        if (refusal == null) {
            refusal = output("tidmap", info.tidMap(), TidInfo.BITMAP_BYTES);
        }
        if (refusal != null) {
            return refusal;
        }
        context.unit.tids().enter(context, tids, pins);
        context.tids.moveCursorAfter(tids[count - 1]);
        Faults.at(FaultPoint.DAEMON_TID_UPDATED);
        return Answer.data(0, reply(context, tids));
    }

    /** More than there are is not refused. */
    private static int clamp(OpenContext context, long wanted) {
        int most = context.tids.size();
        if (wanted <= most) {
            return (int) wanted;
        }
        if (context.unit.mayLog()) {
            LOG.warn(
                    "{}: tid update: count={}, going on with the maximum={}",
                    context,
                    wanted,
                    most);
        }
        return most;
    }

    /** Whether a user may have addresses there at all; null if so. */
    private static Answer range(Errno errno, String name, long address, long bytes) {
        if (address >= 0 && address <= UserMemories.ADDRESS_END - bytes) {
            return null;
        }
        return Answer.refuse(
                errno,
                "tid update: "
                        + name
                        + "=0x"
                        + Long.toHexString(address)
                        + " bytes="
                        + bytes
                        + " is no user address, all of it must be below 0x"
                        + Long.toHexString(UserMemories.ADDRESS_END));
    }

    /** As {@link #range}, for what the driver would write to: nothing is ever mapped at 0. */
    private static Answer output(String name, long address, long bytes) {
        return address == 0
                ? Answer.refuse(
                        Errno.EFAULT,
                        "tid update: " + name + "=0, give the address of bytes=" + bytes)
                : range(Errno.EFAULT, name, address, bytes);
    }

    private Answer limit(OpenContext context, int pages) {
        if (Faults.errno(FaultPoint.PIN_PAGES) != 0) {
            return Answer.refuse(
                    Errno.ENOMEM,
                    "tid update: pages="
                            + pages
                            + ": a fault plan wants it refused ("
                            + FaultPoint.PIN_PAGES
                            + ")");
        }
        try {
            return accounts.of(context.owner)
                    .mayPin(pages, context.unit.quirk(Quirk.MEMLOCK_PER_CALL));
        } catch (SoftpathException e) {
            return Answer.refuse(e.errno(), "tid update: " + e.getMessage());
        }
    }

    /** Finds the pages; null, or why one cannot be pinned. */
    private Answer pin(OpenContext context, long first, Pin[] pins) {
        long now = epochMs.getAsLong();
        for (int i = 0; i < pins.length; i++) {
            long address = first + i * MappedMemory.PAGE_BYTES;
            UserMemory memory = context.memories.at(address);
            if (memory != null) {
                int page = (int) ((address - memory.address()) / MappedMemory.PAGE_BYTES);
                pins[i] = Pin.of(memory, page, address, now);
            }
        }
        return pinOrdinary(context, first, pins, now);
    }

    /** Pins what is in no memory that the owner told of. */
    private Answer pinOrdinary(OpenContext context, long first, Pin[] pins, long now) {
        long[] writable = null;
        int range = 0;
        for (int i = 0; i < pins.length; i++) {
            if (pins[i] != null) {
                continue;
            }
            long address = first + i * MappedMemory.PAGE_BYTES;
            try {
                if (writable == null) {
                    writable = reach(context, address);
                }
            } catch (SoftpathException e) {
                return Answer.refuse(
                        e.errno(),
                        "tid update: address=0x"
                                + Long.toHexString(address)
                                + " is in no memory of MEM_CREATE and MEM_BIND, and ordinary memory"
                                + " of "
                                + context.owner
                                + " cannot be reached: "
                                + e.getMessage()
                                + "; use memory of MEM_CREATE");
            }
            while (range < writable.length && writable[range + 1] <= address) {
                range += 2;
            }
            if (range == writable.length || writable[range] > address) {
                return Answer.refuse(
                        Errno.EFAULT,
                        "tid update: address=0x"
                                + Long.toHexString(address)
                                + " page="
                                + i
                                + " of="
                                + pins.length
                                + " is not mapped writable by "
                                + context.owner
                                + ", nor in memory of MEM_CREATE that MEM_BIND told of");
            }
            pins[i] = Pin.ordinary(context.ordinary, address, now);
        }
        return null;
    }

    /**
     * Tries, when a context is assigned, whether ordinary memory of its owner can be reached, so
     * that whoever looks knows before the first TID is asked for. A process can change that later,
     * so TID_UPDATE asks again when it needs to know.
     */
    void probe(OpenContext context) {
        try {
            accounts.of(context.owner);
            space(context).checkAccess(0);
            context.ordinaryReachable = true;
        } catch (SoftpathException e) {
            if (context.unit.mayLog()) {
                LOG.info(
                        "{}: no TIDs for ordinary memory, only for memory of MEM_CREATE: {}",
                        context,
                        e.getMessage());
            }
        }
    }

    /** What of the owner's memory may be written; an exception if nothing may. */
    private long[] reach(OpenContext context, long address) {
        AddressSpace space = space(context);
        space.checkAccess(address);
        return space.writableRanges();
    }

    private AddressSpace space(OpenContext context) {
        if (context.ordinary == null) {
            context.ordinary = spaces.apply(context.owner);
        }
        return context.ordinary;
    }

    /** The bitmap, counted from the caller's first TID, then the list, as the chip counts. */
    private static byte[] reply(OpenContext context, int[] tids) {
        byte[] bytes = new byte[TidInfo.BITMAP_BYTES + tids.length * TID_BYTES];
        MemorySegment payload = MemorySegment.ofArray(bytes);
        for (int i = 0; i < tids.length; i++) {
            bytes[tids[i] / Byte.SIZE] |= (byte) (1 << tids[i] % Byte.SIZE);
            ControlRecord.putU16(
                    payload,
                    TidInfo.BITMAP_BYTES + (long) i * TID_BYTES,
                    context.tids.first() + tids[i]);
        }
        return bytes;
    }

    /**
     * @param data what the client sent behind the command: the bitmap
     */
    Answer free(OpenContext context, MemorySegment data) {
        if (data.byteSize() < TidInfo.BITMAP_BYTES) {
            return Answer.refuse(
                    Errno.EFAULT,
                    "tid free: bytes="
                            + data.byteSize()
                            + " of the bitmap behind the command, need="
                            + TidInfo.BITMAP_BYTES);
        }
        for (int tid = 0; tid < context.tids.size(); tid++) {
            int bits = data.get(ValueLayout.JAVA_BYTE, tid / Byte.SIZE);
            if ((bits & 1 << tid % Byte.SIZE) != 0 && context.tids.get(tid) != null) {
                context.unit.tids().leave(context, tid);
            }
        }
        return Answer.OK;
    }
}

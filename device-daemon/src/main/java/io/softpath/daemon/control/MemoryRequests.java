package io.softpath.daemon.control;

import io.softpath.abi.control.ControlRecord;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import java.util.function.LongSupplier;

/**
 * Answers MEM_CREATE, MEM_BIND and MEM_FREE: softpath's own way for a user to have memory that the
 * chip can reach, where the driver pinned whatever the user pointed at.
 */
final class MemoryRequests {
    private final PinAccounts accounts;
    private final LongSupplier epochMs;

    MemoryRequests(PinAccounts accounts, LongSupplier epochMs) {
        this.accounts = accounts;
        this.epochMs = epochMs;
    }

    Answer create(OpenFile file, long bytes, int flags) {
        OpenContext context = file.context();
        if (context == null) {
            return noContext();
        }
        if ((flags & ~ControlRecord.MEM_SHAREABLE) != 0) {
            return Answer.refuse(
                    Errno.EINVAL,
                    "register memory: flags=0x"
                            + Integer.toHexString(flags)
                            + " has bits that are unknown, choose 0 or 1 (shareable)");
        }
        PinAccount account;
        try {
            account = accounts.of(file);
        } catch (SoftpathException e) {
            return Answer.refuse(e.errno(), "register memory: " + e.getMessage());
        }
        return context.memories.create(
                account, bytes, flags == ControlRecord.MEM_SHAREABLE, epochMs.getAsLong());
    }

    Answer bind(OpenFile file, int handle, long address) {
        OpenContext context = file.context();
        return context == null ? noContext() : context.memories.bind(handle, address);
    }

    Answer free(OpenFile file, int handle) {
        OpenContext context = file.context();
        return context == null ? noContext() : context.memories.free(handle);
    }

    private static Answer noContext() {
        return Answer.refuse(
                Errno.EINVAL, "register memory: context=none on this file; assign one first");
    }
}

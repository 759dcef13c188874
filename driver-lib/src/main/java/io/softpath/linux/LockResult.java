package io.softpath.linux;

import io.softpath.error.Errno;

/**
 * Whether the kernel locked a mapping, and if not, why.
 *
 * @param locked true if VM_LOCKED is set
 * @param errno why not: ENOMEM (limit too small), EPERM (limit is 0), EAGAIN; null if locked
 * @param reason a sentence for a person; empty if locked
 */
public record LockResult(boolean locked, Errno errno, String reason) {
    static final LockResult LOCKED = new LockResult(true, null, "");

    static LockResult refused(Errno errno, String reason) {
        return new LockResult(false, errno, reason);
    }
}

package io.softpath.memory;

import io.softpath.abi.region.RegionKind;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.linux.LockResult;
import io.softpath.linux.MappedMemory;
import io.softpath.linux.MemFd;
import io.softpath.linux.Protection;
import io.softpath.linux.Seals;

import java.lang.foreign.Arena;

/**
 * Maps a region that the daemon handed out, by the rule of its kind ({@link RegionRule}), and
 * refuses a file that is weaker than the rule: a mapping of a file that could shrink would fault.
 * Stateless.
 */
public final class Mapper {
    private Mapper() {}

    /**
     * Maps the first {@code bytes} bytes of a region: not inherited by a fork, not in a core dump,
     * and locked when touched as far as the limit allows ({@link Mapping#lock} says whether).
     *
     * @param file as received; may be closed afterwards
     * @param bytes the length wanted, 1 to {@code fileBytes}
     * @param fileBytes the size that the daemon promised
     * @param arena its closing unmaps the region
     * @throws SoftpathException the kind's own errno ({@link RegionKind#tooLong}) if more than the
     *     region is wanted; EINVAL: not a memfd, or not of the promised size; EPERM: not sealed as
     *     the rule wants; ENOMEM
     */
    public static Mapping map(
            MemFd file, RegionKind kind, long token, long bytes, long fileBytes, Arena arena) {
        RegionRule rule = RegionRule.of(kind);
        String what = "kind=" + kind.label() + " token=0x" + Long.toHexString(token);
        if (bytes < 1 || bytes > fileBytes) {
            Errno errno = bytes < 1 ? Errno.EINVAL : Errno.of(kind.tooLong());
            throw SoftpathException.of(
                    errno, "mapping refused: " + what + " bytes=" + bytes + " bound=" + fileBytes);
        }
        check(file, rule.seals(), fileBytes, what);
        MappedMemory memory = MappedMemory.map(file.fd(), 0, bytes, rule.protection(), arena);
        LockResult lock = memory.dontFork().dontDump().lockOnFault();
        return new Mapping(kind, token, memory, lock);
    }

    /**
     * Maps memory that the chip can reach, all of it, readable and writable: not inherited by a
     * fork, not in a core dump.
     *
     * @param file as received; may be closed afterwards
     * @param name for messages
     * @param fileBytes the size that the daemon promised
     * @param arena its closing unmaps the memory
     * @throws SoftpathException EINVAL: not a memfd, or not of the promised size; EPERM: not sealed
     *     against shrinking, growing and other seals; ENOMEM
     */
    public static MappedMemory mapPinned(MemFd file, String name, long fileBytes, Arena arena) {
        check(file, RegionRule.SIZE_SEALED, fileBytes, name);
        MappedMemory memory =
                MappedMemory.map(file.fd(), 0, fileBytes, Protection.READ_WRITE, arena);
        return memory.dontFork().dontDump();
    }

    /**
     * Maps memory that is shared with another process, all of it, readable and writable, as long as
     * it is reachable: not inherited by a fork, not in a core dump.
     *
     * @param bytes what its layout needs, no more and no less
     * @throws SoftpathException as {@link #mapPinned}
     */
    public static MappedMemory mapDirect(MemFd file, String name, long fileBytes, long bytes) {
        check(file, RegionRule.SIZE_SEALED, bytes, name);
        if (fileBytes != bytes) {
            throw SoftpathException.of(
                    Errno.EINVAL,
                    "the daemon made other memory: "
                            + name
                            + " bytes="
                            + bytes
                            + " fileBytes="
                            + fileBytes);
        }
        return MappedMemory.mapWhileReachable(file.fd(), 0, bytes, Protection.READ_WRITE)
                .dontFork()
                .dontDump();
    }

    /**
     * As {@link #mapPinned}, for memory of another process: it can only be read.
     *
     * @throws SoftpathException as {@link #mapPinned}
     */
    public static MappedMemory mapReadable(MemFd file, String name, long fileBytes, Arena arena) {
        check(file, RegionRule.SIZE_SEALED, fileBytes, name);
        return MappedMemory.map(file.fd(), 0, fileBytes, Protection.READ_ONLY, arena)
                .dontFork()
                .dontDump();
    }

    private static void check(MemFd file, int wantedSeals, long fileBytes, String what) {
        int seals = file.seals();
        if ((seals & wantedSeals) != wantedSeals) {
            throw SoftpathException.of(
                    Errno.EPERM,
                    "region is not sealed as its kind must be: "
                            + what
                            + " seals="
                            + Seals.names(seals)
                            + " wanted="
                            + Seals.names(wantedSeals));
        }
        long actualBytes = file.bytes();
        if (actualBytes != fileBytes) {
            throw SoftpathException.of(
                    Errno.EINVAL,
                    "region is not of the promised size: "
                            + what
                            + " bytes="
                            + actualBytes
                            + " promised="
                            + fileBytes);
        }
    }
}

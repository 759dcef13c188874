package io.softpath.daemon.region;

import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.region.RegionKind;
import io.softpath.abi.register.Access;
import io.softpath.error.Errno;
import io.softpath.linux.MappedMemory;

import java.util.List;

/**
 * What may be mapped how: the rules of three eras of the driver in one table.
 *
 * <pre>
 *                         mail (2006)   remap (2.6.17)   late (qib)
 *  MAP_PRIVATE            allowed       allowed          EINVAL
 *  token 0 or unknown     EINVAL        EINVAL           EINVAL
 *  too long: PIO, eager   EFAULT        EFAULT           EINVAL
 *  too long: events       EINVAL        EINVAL           EINVAL
 *  too long: the others   EFAULT        EFAULT           EFAULT
 *  read of PIO buffers    EPERM         allowed          allowed
 *  write of eager, tail,
 *  avail (and events)     EPERM         EPERM            EPERM
 * </pre>
 *
 * Shorter maps are allowed everywhere; length 0 is EINVAL and an executable map EPERM in all eras.
 * Length is tested before protection. Source: qib_file_ops.c, qib_mmapf; ipath_file_ops.c as posted
 * in March 2006 and as merged in 2.6.17.
 */
public final class MapRules {
    /** Whose rules apply. */
    public enum Era {
        /** The driver posted for review in March 2006. */
        MAIL,
        /** The driver as merged, Linux 2.6.17 to 2.6.19. */
        REMAP,
        /** The last ones: ipath of 2.6.2x and qib. The default. */
        LATE
    }

    private static final int ALL_PROTECTIONS =
            ControlRecord.PROT_READ | ControlRecord.PROT_WRITE | ControlRecord.PROT_EXEC;

    private final Era era;
    private final boolean writableEvents;

    /**
     * @param writableEvents the event page may be mapped writable, as the real driver allowed
     */
    public MapRules(Era era, boolean writableEvents) {
        this.era = era;
        this.writableEvents = writableEvents;
    }

    /**
     * What the rules say of a request.
     *
     * @param region what the request names, null if refused before that was known
     * @param refusal why not, null if granted
     * @param sentence the refusal in words: object, value, bound, remedy
     */
    public record Verdict(Region region, Errno refusal, String sentence) {
        public boolean granted() {
            return refusal == null;
        }
    }

    /** Judges a request against what the client may map. */
    public Verdict judge(MapRequest request, List<Region> mappable) {
        if (request.flags() == ControlRecord.MAP_PRIVATE && era == Era.LATE) {
            return refuse(
                    null,
                    Errno.EINVAL,
                    "mmap: flags=private, device memory can only be mapped shared");
        }
        if (request.flags() != ControlRecord.MAP_SHARED
                && request.flags() != ControlRecord.MAP_PRIVATE) {
            return refuse(
                    null,
                    Errno.EINVAL,
                    "mmap: flags=0x"
                            + Integer.toHexString(request.flags())
                            + ", choose shared=1 or private=2");
        }
        if ((request.protection() & ~ALL_PROTECTIONS) != 0) {
            return refuse(
                    null,
                    Errno.EINVAL,
                    "mmap: prot=0x"
                            + Integer.toHexString(request.protection())
                            + " has bits beyond read=1 write=2 execute=4");
        }
        Region region = find(request.token(), mappable);
        if (region == null) {
            return refuse(
                    null,
                    Errno.EINVAL,
                    "mmap: token=0x"
                            + Long.toHexString(request.token())
                            + " names no region of this context; use the tokens of base_info");
        }
        return judgeRegion(request, region);
    }

    private Verdict judgeRegion(MapRequest request, Region region) {
        RegionKind kind = region.kind();
        if (request.length() == 0) {
            return refuse(
                    region,
                    Errno.EINVAL,
                    "mmap: kind=" + kind.label() + " length=0, ask for at least one byte");
        }
        if (Long.compareUnsigned(request.length(), pageRounded(region.bytes())) > 0) {
            return refuse(
                    region,
                    tooLong(kind),
                    "mmap: kind="
                            + kind.label()
                            + " length="
                            + Long.toUnsignedString(request.length())
                            + " is longer than bytes="
                            + region.bytes());
        }
        if (request.wants(ControlRecord.PROT_EXEC)) {
            return refuse(
                    region,
                    Errno.EPERM,
                    "mmap: kind=" + kind.label() + " prot=execute, device memory holds no code");
        }
        if (request.wants(ControlRecord.PROT_WRITE) && !writable(kind)) {
            return refuse(
                    region,
                    Errno.EPERM,
                    "mmap: kind="
                            + kind.label()
                            + " prot=write, this kind is read-only; map it with prot=read");
        }
        if (request.wants(ControlRecord.PROT_READ)
                && kind == RegionKind.PIOBUFS
                && era == Era.MAIL) {
            return refuse(
                    region,
                    Errno.EPERM,
                    "mmap: kind="
                            + kind.label()
                            + " prot=read, this kind is write-only in era=mail; map it with"
                            + " prot=write");
        }
        return new Verdict(region, null, "");
    }

    private static Region find(long token, List<Region> mappable) {
        for (Region region : mappable) {
            if (region.token() == token) {
                return region;
            }
        }
        return null;
    }

    /** The kernel rounds lengths up to pages before a driver sees them. */
    private static long pageRounded(long bytes) {
        return (bytes + MappedMemory.PAGE_BYTES - 1) & -MappedMemory.PAGE_BYTES;
    }

    private Errno tooLong(RegionKind kind) {
        boolean changedLate = kind == RegionKind.PIOBUFS || kind == RegionKind.RCVEGRBUFS;
        return changedLate && era != Era.LATE ? Errno.EFAULT : Errno.of(kind.tooLong());
    }

    /** May users of this daemon map the kind writable? */
    public boolean writable(RegionKind kind) {
        return !kind.readOnlyByKernel() || kind == RegionKind.SENDBUFSTATUS && writableEvents;
    }

    /** What users of this daemon may do with the kind. */
    public Access access(RegionKind kind) {
        return kind.access() == Access.READ_ONLY && writable(kind)
                ? Access.READ_WRITE
                : kind.access();
    }

    private static Verdict refuse(Region region, Errno errno, String sentence) {
        return new Verdict(region, errno, sentence);
    }
}

package io.softpath.faults.fuzz;

import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.region.RegionKind;
import io.softpath.error.SoftpathException;
import io.softpath.linux.Fd;
import io.softpath.linux.MappedMemory;
import io.softpath.linux.Protection;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Looks at the descriptors that a hostile client was handed: may it have that, and do this? */
final class Handed {
    /** In memory of the honest that nobody was granted. */
    static final long SECRET = 0x5EC2_E75E_C2E7_5EC2L;

    private static final int LOOKED_AT = 32;

    private static int handed;

    private Handed() {}

    /**
     * A descriptor that came with an answer.
     *
     * @param prot what the request asked for, if it was an MMAP
     */
    static void judge(Recipe recipe, int prot, MemorySegment reply, Fd fd) {
        boolean closely = handed++ % LOOKED_AT == 0;
        switch (recipe.kind()) {
            case ControlRecord.MMAP -> region(prot, reply, fd, closely);
            case ControlRecord.DIRECT_MAP -> ofPeer(fd);
            case ControlRecord.MEM_CREATE -> {
                if (closely && firstWord(fd) != 0) {
                    throw new Violation("new memory is not empty");
                }
            }
            default -> {
                // Rings of a pair, statistics: everybody may.
            }
        }
    }

    private static void region(int prot, MemorySegment reply, Fd fd, boolean closely) {
        RegionKind kind = RegionKind.of(ControlRecord.u32(reply, ControlRecord.MMAP_REPLY_KIND));
        if (kind == null) {
            throw new Violation("a region of no kind was handed out");
        }
        if (!kind.readOnlyByKernel()) {
            return;
        }
        if ((prot & ControlRecord.PROT_WRITE) != 0) {
            throw new Violation(kind + " was handed out to be written, which only the chip may");
        }
        if (closely) {
            assertReadOnly(kind.name(), fd);
        }
    }

    private static void ofPeer(Fd fd) {
        if (firstWord(fd) == SECRET) {
            throw new Violation(
                    "memory of an honest client was handed out, which it granted nobody");
        }
        assertReadOnly("memory of a peer", fd);
    }

    private static long firstWord(Fd fd) {
        try (Arena arena = Arena.ofConfined()) {
            return MappedMemory.map(fd, 0, MappedMemory.PAGE_BYTES, Protection.READ_ONLY, arena)
                    .segment()
                    .get(ValueLayout.JAVA_LONG, 0);
        }
    }

    private static void assertReadOnly(String what, Fd fd) {
        try (Arena arena = Arena.ofConfined()) {
            MappedMemory.map(fd, 0, MappedMemory.PAGE_BYTES, Protection.READ_WRITE, arena);
        } catch (SoftpathException e) {
            return; // the kernel says no
        }
        throw new Violation(what + " can be mapped writable");
    }
}

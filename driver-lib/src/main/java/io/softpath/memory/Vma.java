package io.softpath.memory;

import io.softpath.abi.region.RegionKind;
import io.softpath.abi.region.VmFlagsExpectation;
import io.softpath.abi.register.Access;
import io.softpath.linux.LockResult;
import io.softpath.linux.MappedMemory;
import io.softpath.linux.Smaps;
import io.softpath.linux.SmapsEntry;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * One mapping as {@code softpath maps} prints it: what was asked for, and what the kernel shows.
 *
 * @param kind the kind of region
 * @param token the offset token
 * @param bytes the length asked for
 * @param access what the user may do
 * @param permissions what the kernel shows, for example {@code r--s}
 * @param expected the flags wanted
 * @param vmFlags the flags that the kernel shows
 * @param lock whether it is locked, and if not, why
 * @param touchedPages pages of it that this process has touched
 * @param file the name of the file behind it
 */
public record Vma(
        RegionKind kind,
        long token,
        long bytes,
        Access access,
        String permissions,
        VmFlagsExpectation expected,
        Set<String> vmFlags,
        LockResult lock,
        long touchedPages,
        String file) {
    public Vma {
        vmFlags = Set.copyOf(vmFlags);
    }

    /**
     * Looks at several mappings of this process at once.
     *
     * @throws io.softpath.error.SoftpathException EBADF if one is unmapped
     */
    public static List<Vma> of(Collection<Mapping> mappings) {
        List<SmapsEntry> smaps = Smaps.self();
        return mappings.stream().map(mapping -> of(mapping, smaps)).toList();
    }

    private static Vma of(Mapping mapping, List<SmapsEntry> smaps) {
        long address = mapping.address();
        SmapsEntry entry =
                smaps.stream()
                        .filter(candidate -> candidate.contains(address))
                        .findFirst()
                        .orElseThrow(() ->
                                new IllegalStateException(
                                        "the kernel does not know the mapping: " + mapping));
        return new Vma(
                mapping.kind(),
                mapping.token(),
                mapping.bytes(),
                mapping.kind().access(),
                entry.permissions(),
                RegionRule.of(mapping.kind()).expected(),
                entry.vmFlags(),
                mapping.lock(),
                entry.residentBytes() / MappedMemory.PAGE_BYTES,
                entry.memfdName());
    }

    /** What is not as the rule of the kind wants it, in words; empty if all is. */
    public List<String> violations() {
        return expected.violations(String.join(" ", new TreeSet<>(vmFlags)));
    }
}

package io.softpath.linux;

import java.util.Map;
import java.util.Set;

/**
 * One mapping of a process, as {@code /proc/<pid>/smaps} describes it. Source: proc_pid_smaps(5).
 *
 * @param start first address
 * @param end first address after it
 * @param permissions for example {@code rw-s}
 * @param fileOffset in bytes
 * @param name what is mapped, for example {@code /memfd:name (deleted)}; empty for anonymous memory
 * @param vmFlags the two-letter flags: {@code dc} not copied by fork, {@code dd} not dumped, {@code
 *     lo} locked, {@code lf} locked on fault, {@code wr} writable, {@code mw} may become writable,
 *     {@code sh} shared
 * @param sizesBytes the figures by their names in the file ({@code Rss}, {@code Locked}, ...), in
 *     bytes
 */
public record SmapsEntry(
        long start,
        long end,
        String permissions,
        long fileOffset,
        String name,
        Set<String> vmFlags,
        Map<String, Long> sizesBytes) {
    private static final String MEMFD = "/memfd:";
    private static final String DELETED = " (deleted)";

    public SmapsEntry {
        vmFlags = Set.copyOf(vmFlags);
        sizesBytes = Map.copyOf(sizesBytes);
    }

    public long sizeBytes() {
        return end - start;
    }

    /** What of it is in memory and mapped by this process. */
    public long residentBytes() {
        return sizesBytes.getOrDefault("Rss", 0L);
    }

    /**
     * The kernel divides this among the processes that map a page: to see whether a mapping is
     * locked, ask {@link #has}.
     */
    public long lockedBytes() {
        return sizesBytes.getOrDefault("Locked", 0L);
    }

    public boolean has(String vmFlag) {
        return vmFlags.contains(vmFlag);
    }

    public boolean contains(long address) {
        return Long.compareUnsigned(address, start) >= 0 && Long.compareUnsigned(address, end) < 0;
    }

    /** The name given to memfd_create, or an empty string if this is no memfd. */
    public String memfdName() {
        if (!name.startsWith(MEMFD)) {
            return "";
        }
        int end = name.endsWith(DELETED) ? name.length() - DELETED.length() : name.length();
        return name.substring(MEMFD.length(), end);
    }
}

package io.softpath.daemon.control;

import java.util.BitSet;
import java.util.Map;
import java.util.Set;

/** Looks into page tables of processes. */
@FunctionalInterface
interface PageTables {
    /**
     * The pages of files that a process has touched.
     *
     * @param files names of memory files; those that are not mapped are not in the result
     * @throws java.io.UncheckedIOException if the process is gone or may not be looked at
     */
    Map<String, BitSet> touched(int pid, Set<String> files);
}

package io.softpath.linux;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which pages of a shared file a process has in its page table. Much cheaper than {@link Smaps}: it
 * reads the list of mappings, and eight bytes for each page of those that matter. Any thread.
 *
 * <p>Source: proc_pid_maps(5), proc_pid_pagemap(5).
 */
public final class ProcessPages {
    private static final Pattern LINE =
            Pattern.compile("([0-9a-f]+)-([0-9a-f]+) \\S{4} ([0-9a-f]+) \\S+ \\d+ +/memfd:(.*)");
    private static final String DELETED = " (deleted)";
    private static final String MEMFD = "/memfd:";
    private static final int ENTRY_BYTES = Long.BYTES;

    /** Some thousand mappings; a JVM has some hundred. */
    private static final int MAX_MAPS_BYTES = 512 << 10;

    /** Mappings that are looked at: a user has seven. */
    private static final int MAX_MAPPINGS = 64;

    /** Bits of an entry: in memory, or swapped out. */
    private static final long TOUCHED = 3L << 62;

    private ProcessPages() {}

    /**
     * The pages of each file, counted from its start, that a process has touched in any of its
     * mappings; or that the kernel has put there beside a page that it touched.
     *
     * @param memfdNames as given to memfd_create; those that the process has not mapped are not in
     *     the result
     * @throws UncheckedIOException if the process is gone, may not be looked at, or has so many
     *     mappings that looking would take long
     */
    public static Map<String, BitSet> touched(int pid, Set<String> memfdNames) {
        Path process = Path.of("/proc/" + pid);
        try {
            Map<String, BitSet> found = new HashMap<>();
            String maps = mappings(process.resolve("maps"));
            try (FileChannel table = FileChannel.open(process.resolve("pagemap"))) {
                int looked = 0;
                for (String line : maps.split("\n", -1)) {
                    if (looked < MAX_MAPPINGS
                            && line.contains(MEMFD)
                            && add(line, memfdNames, table, found)) {
                        looked++;
                    }
                }
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String mappings(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_MAPS_BYTES + 1);
            if (bytes.length > MAX_MAPS_BYTES) {
                throw new IOException(
                        file + ": too many mappings, more than bytes=" + MAX_MAPS_BYTES);
            }
            // a mapped file's name may be in any encoding, so decode what cannot fail
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }
    }

    private static boolean add(
            String line, Set<String> names, FileChannel table, Map<String, BitSet> found)
            throws IOException {
        Matcher mapping = LINE.matcher(line);
        if (!mapping.matches()) {
            return false;
        }
        String name = mapping.group(4);
        if (name.endsWith(DELETED)) {
            name = name.substring(0, name.length() - DELETED.length());
        }
        if (!names.contains(name)) {
            return false;
        }
        long start = Long.parseUnsignedLong(mapping.group(1), 16) / MappedMemory.PAGE_BYTES;
        long end = Long.parseUnsignedLong(mapping.group(2), 16) / MappedMemory.PAGE_BYTES;
        int first = (int) (Long.parseUnsignedLong(mapping.group(3), 16) / MappedMemory.PAGE_BYTES);
        ByteBuffer entries =
                ByteBuffer.allocate((int) (end - start) * ENTRY_BYTES)
                        .order(ByteOrder.nativeOrder());
        while (entries.hasRemaining()
                && table.read(entries, start * ENTRY_BYTES + entries.position()) > 0) {
            // The kernel may give less than was asked for.
        }
        entries.flip();
        BitSet pages = found.computeIfAbsent(name, n -> new BitSet());
        for (int page = first; entries.remaining() >= ENTRY_BYTES; page++) {
            if ((entries.getLong() & TOUCHED) != 0) {
                pages.set(page);
            }
        }
        return true;
    }
}

package io.softpath.faults.fuzz;

import io.softpath.abi.direct.DirectLayout;
import io.softpath.abi.psm.EndpointId;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Memory that the library has mapped here to share with a peer, found in the process's own list of
 * mappings: whoever may use it may write it.
 *
 * @param inode of its file, which nobody else has
 * @param first the context of side 0
 */
record PairMemory(long address, long inode, int first) {
    private static final Pattern LINE =
            Pattern.compile(
                    "([0-9a-f]+)-[0-9a-f]+ rw-s \\S+ \\S+ (\\d+) +"
                            + "/memfd:softpath:u\\d+c(\\d+)-u\\d+c\\d+:direct.*");

    /** All that there are now. */
    static List<PairMemory> all() {
        List<PairMemory> all = new ArrayList<>();
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            for (String line : (Iterable<String>) lines::iterator) {
                Matcher matcher = LINE.matcher(line);
                if (matcher.matches()) {
                    all.add(
                            new PairMemory(
                                    Long.parseUnsignedLong(matcher.group(1), 16),
                                    Long.parseLong(matcher.group(2)),
                                    Integer.parseInt(matcher.group(3))));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    static Set<Long> inodes() {
        return all().stream().map(PairMemory::inode).collect(Collectors.toSet());
    }

    /** Which side of it an endpoint is. */
    int sideOf(EndpointId own) {
        return own.context() == first ? 0 : 1;
    }

    /** The memory; it must stay mapped. */
    @SuppressWarnings("restricted") // a hostile process has no library to ask
    MemorySegment segment() {
        return MemorySegment.ofAddress(address).reinterpret(DirectLayout.BYTES);
    }
}

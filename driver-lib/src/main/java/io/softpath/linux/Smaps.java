package io.softpath.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads {@code /proc/<pid>/smaps}: what the kernel itself says of each mapping. Any thread; slow.
 */
public final class Smaps {
    private static final Pattern HEADER =
            Pattern.compile("([0-9a-f]+)-([0-9a-f]+) (\\S{4}) ([0-9a-f]+) \\S+ \\d+ *(.*)");
    private static final Pattern SIZE = Pattern.compile("(\\w+): +(\\d+) kB");
    private static final String FLAGS = "VmFlags:";
    private static final int KIB = 1024;

    private Smaps() {}

    /** The mappings of this process, by address. */
    public static List<SmapsEntry> self() {
        return read(Path.of("/proc/self/smaps"));
    }

    /**
     * The mappings of another process, by address.
     *
     * @throws UncheckedIOException if it is gone or may not be looked at
     */
    public static List<SmapsEntry> of(long pid) {
        return read(Path.of("/proc/" + pid + "/smaps"));
    }

    /** The mapping of this process that contains an address. */
    public static Optional<SmapsEntry> at(long address) {
        return self().stream().filter(entry -> entry.contains(address)).findFirst();
    }

    private static List<SmapsEntry> read(Path file) {
        try {
            // a mapped file's name may be in any encoding, so decode what cannot fail
            return parse(
                    List.of(
                            new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
                                    .split("\n")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<SmapsEntry> parse(List<String> lines) {
        List<SmapsEntry> entries = new ArrayList<>();
        Matcher header = null;
        Set<String> flags = Set.of();
        Map<String, Long> sizes = new HashMap<>();
        for (String line : lines) {
            Matcher next = HEADER.matcher(line);
            Matcher size = SIZE.matcher(line);
            if (next.matches()) {
                if (header != null) {
                    entries.add(entry(header, flags, sizes));
                }
                header = next;
                flags = Set.of();
                sizes.clear();
            } else if (size.matches()) {
                sizes.put(size.group(1), Long.parseLong(size.group(2)) * KIB);
            } else if (line.startsWith(FLAGS)) {
                flags = Set.copyOf(List.of(line.substring(FLAGS.length()).trim().split(" +")));
            }
        }
        if (header != null) {
            entries.add(entry(header, flags, sizes));
        }
        return entries;
    }

    private static SmapsEntry entry(Matcher header, Set<String> flags, Map<String, Long> sizes) {
        return new SmapsEntry(
                Long.parseUnsignedLong(header.group(1), 16),
                Long.parseUnsignedLong(header.group(2), 16),
                header.group(3),
                Long.parseUnsignedLong(header.group(4), 16),
                header.group(5),
                flags,
                sizes);
    }
}

package io.softpath.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How much memory a process may have locked or pinned, as the kernel decides it: by its soft
 * RLIMIT_MEMLOCK, unless it has CAP_IPC_LOCK. Any thread.
 *
 * <p>Source: proc_pid_limits(5), proc_pid_status(5), capabilities(7).
 *
 * @param softBytes the soft limit; {@link Limits.Limit#UNLIMITED} if there is none
 * @param exempt it has CAP_IPC_LOCK: the limit does not bind it
 */
public record MemlockLimit(long softBytes, boolean exempt) {
    private static final String LIMIT_LINE = "Max locked memory";
    private static final int SOFT_COLUMN = 3;
    private static final String CAPABILITIES_LINE = "CapEff:";
    private static final int CAP_IPC_LOCK = 14;

    /**
     * Of a process.
     *
     * @throws UncheckedIOException if it is gone or hidden from here
     */
    public static MemlockLimit of(int pid) {
        Path process = Path.of("/proc/" + pid);
        try {
            return parse(
                    lines(process.resolve("limits")),
                    lines(process.resolve("status")),
                    lines(process.resolve("uid_map")).equals(lines(Path.of("/proc/self/uid_map"))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What binds this process, whatever it is exempt from. */
    public static MemlockLimit own() {
        return new MemlockLimit(Limits.memlock().soft(), false);
    }

    /** A process's name may be in any encoding, so decode what cannot fail. */
    private static List<String> lines(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).lines().toList();
    }

    /**
     * @param sameUsers whether it lives in this user namespace: root of another one, which
     *     everybody can make, has no privilege here
     */
    static MemlockLimit parse(List<String> limits, List<String> status, boolean sameUsers) {
        String soft = field(limits, LIMIT_LINE, SOFT_COLUMN);
        long capabilities = Long.parseUnsignedLong(field(status, CAPABILITIES_LINE, 1), 16);
        return new MemlockLimit(
                soft.equals("unlimited") ? Limits.Limit.UNLIMITED : Long.parseUnsignedLong(soft),
                sameUsers && (capabilities & 1L << CAP_IPC_LOCK) != 0);
    }

    private static String field(List<String> lines, String start, int column) {
        for (String line : lines) {
            if (line.startsWith(start)) {
                return line.split("\\s+", -1)[column];
            }
        }
        throw new UncheckedIOException(new IOException("no line starts with " + start));
    }

    /** What is enforced; {@link Limits.Limit#UNLIMITED} if nothing. */
    public long bytes() {
        return exempt ? Limits.Limit.UNLIMITED : softBytes;
    }

    /** Whether the process may have this much in all. */
    public boolean allows(long totalBytes) {
        return bytes() == Limits.Limit.UNLIMITED || totalBytes <= bytes();
    }
}

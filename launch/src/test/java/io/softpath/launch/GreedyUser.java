package io.softpath.launch;

import static io.softpath.abi.control.ControlRecord.MAP_PRIVATE;
import static io.softpath.abi.control.ControlRecord.MAP_SHARED;
import static io.softpath.abi.control.ControlRecord.PROT_EXEC;
import static io.softpath.abi.control.ControlRecord.PROT_READ;
import static io.softpath.abi.control.ControlRecord.PROT_WRITE;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.region.RegionKind;
import io.softpath.linux.Fd;
import io.softpath.linux.MappedMemory;
import io.softpath.linux.Protection;
import io.softpath.linux.Seals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A user process that takes more than it was given, without the driver library: for each kind of
 * memory it asks the daemon for what it may have and what it may not, then tries with the
 * descriptor it got what only the kernel can refuse. Prints one table.
 *
 * <p>Arguments: run directory, pid of the daemon, then {@code kind=token} of another process's
 * context.
 */
final class GreedyUser {
    static final String READY = "context=";
    static final String RECEIVED = "received ";
    static final String TABLE_ENDS = "end of table";

    /** A message ends so, because it fills less than a buffer. */
    static final char FULL_STOP = '.';

    private static final long PAGE = MappedMemory.PAGE_BYTES;
    private static final int READ_WRITE = PROT_READ | PROT_WRITE;

    private final RawFile file;
    private final BaseInfo info;
    private final Map<RegionKind, Long> othersTokens;

    private GreedyUser(RawFile file, BaseInfo info, Map<RegionKind, Long> othersTokens) {
        this.file = file;
        this.info = info;
        this.othersTokens = othersTokens;
    }

    public static void main(String[] args) {
        Map<RegionKind, Long> othersTokens = new EnumMap<>(RegionKind.class);
        for (String argument : Arrays.asList(args).subList(2, args.length)) {
            String[] kindAndToken = argument.split("=", -1);
            othersTokens.put(RegionKind.valueOf(kindAndToken[0]), Long.parseLong(kindAndToken[1]));
        }
        try (RawFile file = RawFile.open(Path.of(args[0]), 0)) {
            file.assign().orFail();
            BaseInfo info = file.userInit().baseInfo();
            GreedyUser user = new GreedyUser(file, info, othersTokens);
            System.out.println(READY + info.context());
            user.readEagerBuffersTwice();
            user.tryEverything();
            user.tryNoRegion();
            tryTheDaemonItself(args[1]);
        }
    }

    /**
     * Reads a packet that somebody sends, through all of the eager buffers and through one page.
     */
    private void readEagerBuffersTwice() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment all = map(RegionKind.RCVEGRBUFS, info.rcvEgrbuftotlen(), arena).segment();
            MemorySegment first = map(RegionKind.RCVEGRBUFS, PAGE, arena).segment();
            Await.until("a packet in the eager buffers", () -> text(all).indexOf(FULL_STOP) >= 0);
            System.out.println(RECEIVED + text(all));
            System.out.println(RECEIVED + text(first));
        }
    }

    private static String text(MemorySegment memory) {
        byte[] bytes = new byte[64];
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, 0, bytes, 0, bytes.length);
        return new String(bytes, US_ASCII).replace("\0", "");
    }

    private void tryEverything() {
        print(
                "kind",
                "map",
                "write",
                "longer",
                "private",
                "exec",
                "+4096",
                "other's",
                "|",
                "map",
                "write",
                "mprotect",
                "reopen",
                "pwrite",
                "shorten",
                "lengthen",
                "punch",
                "seal");
        for (RegionKind kind : RegionKind.values()) {
            if (token(kind) != 0) {
                List<String> cells = new ArrayList<>(List.of(kind.label()));
                cells.addAll(askDaemon(kind));
                cells.add("|");
                cells.addAll(tryKernel(kind));
                print(cells.toArray(String[]::new));
            }
        }
        System.out.println(TABLE_ENDS);
    }

    private static void print(String... cells) {
        StringBuilder line = new StringBuilder(String.format("%-14s", cells[0]));
        for (String cell : Arrays.asList(cells).subList(1, cells.length)) {
            line.append(String.format("%-8s ", cell));
        }
        System.out.println(line.toString().strip());
    }

    private List<String> askDaemon(RegionKind kind) {
        long token = token(kind);
        long bytes = bytes(kind);
        int protection = protection(kind);
        return List.of(
                ask(token, bytes, protection, MAP_SHARED),
                ask(token, bytes, READ_WRITE, MAP_SHARED),
                ask(token, bytes + PAGE, protection, MAP_SHARED),
                ask(token, bytes, protection, MAP_PRIVATE),
                ask(token, bytes, protection | PROT_EXEC, MAP_SHARED),
                ask(token + PAGE, PAGE, protection, MAP_SHARED),
                kind.perUnit() ? "-" : ask(othersTokens.get(kind), bytes, protection, MAP_SHARED));
    }

    private String ask(long token, long bytes, int protection, int flags) {
        RawFile.Answer answer = file.map(token, bytes, protection, flags);
        if (answer.fd() != null) {
            answer.fd().close();
        }
        if ((answer.fd() != null) != answer.outcome().equals("ok")) {
            throw new AssertionError("a descriptor came with a refusal: " + answer);
        }
        return answer.outcome();
    }

    private List<String> tryKernel(RegionKind kind) {
        try (Fd granted = grant(kind, bytes(kind));
                Arena arena = Arena.ofConfined()) {
            int fd = granted.number();
            long bytes = roundedBytes(kind);
            MappedMemory memory = map(kind, bytes(kind), arena);
            return List.of(
                    "ok", // map() throws otherwise
                    outcome(Syscalls.mmap(fd, bytes, Syscalls.PROT_READ | Syscalls.PROT_WRITE)),
                    outcome(
                            Syscalls.mprotect(
                                    memory.segment().address(),
                                    bytes,
                                    Syscalls.PROT_READ | Syscalls.PROT_WRITE)),
                    kind.readOnlyByKernel() ? reopen(fd, bytes) : "-",
                    outcome(Syscalls.pwrite(fd, bytes - 1)),
                    outcome(Syscalls.ftruncate(fd, bytes - PAGE)),
                    growth(fd, bytes + PAGE),
                    outcome(Syscalls.punchHole(fd, PAGE)),
                    outcome(Syscalls.addSeals(fd, Seals.WRITE)));
        }
    }

    /**
     * Whether the file can be opened again for writing and then mapped. The mode forbids the first
     * to all but root, the seal the second to everybody.
     */
    private static String reopen(int fd, long bytes) {
        long again = Syscalls.open("/proc/self/fd/" + fd, Syscalls.O_RDWR);
        if (again < 0) {
            return outcome(again).equals("EACCES") ? "refused" : outcome(again);
        }
        String mapped =
                outcome(
                        Syscalls.mmap(
                                (int) again, bytes, Syscalls.PROT_READ | Syscalls.PROT_WRITE));
        Syscalls.close(again);
        return mapped.equals("EPERM") ? "refused" : mapped;
    }

    private static String growth(int fd, long bytes) {
        String truncated = outcome(Syscalls.ftruncate(fd, bytes));
        String allocated = outcome(Syscalls.allocate(fd, bytes));
        return truncated.equals(allocated) ? truncated : truncated + "/" + allocated;
    }

    private void tryNoRegion() {
        long unknown = 0x7fff_f000L;
        System.out.println("token 0: " + ask(0, PAGE, PROT_READ, MAP_SHARED));
        System.out.println("token unknown: " + ask(unknown, PAGE, PROT_READ, MAP_SHARED));
        System.out.println("length 0: " + ask(info.uregbase(), 0, PROT_READ, MAP_SHARED));
        System.out.println("length -1: " + ask(info.uregbase(), -1, PROT_READ, MAP_SHARED));
    }

    /** What a debugger of the same user could do, were the daemon not undumpable. */
    private static void tryTheDaemonItself(String pid) {
        for (String name : List.of("mem", "maps", "fd/0", "map_files")) {
            long fd = Syscalls.open("/proc/" + pid + "/" + name, Syscalls.O_RDONLY);
            System.out.println("daemon's " + name + ": " + outcome(fd));
            if (fd >= 0) {
                Syscalls.close(fd);
            }
        }
    }

    private MappedMemory map(RegionKind kind, long bytes, Arena arena) {
        Protection protection =
                switch (kind.access()) {
                    case READ_ONLY -> Protection.READ_ONLY;
                    case WRITE_ONLY -> Protection.WRITE_ONLY;
                    case READ_WRITE -> Protection.READ_WRITE;
                };
        try (Fd fd = grant(kind, bytes)) {
            return MappedMemory.map(fd, 0, bytes, protection, arena);
        }
    }

    private Fd grant(RegionKind kind, long bytes) {
        return file.map(token(kind), bytes, protection(kind), MAP_SHARED).orFail().fd();
    }

    private static int protection(RegionKind kind) {
        return switch (kind.access()) {
            case READ_ONLY -> PROT_READ;
            case WRITE_ONLY -> PROT_WRITE;
            case READ_WRITE -> READ_WRITE;
        };
    }

    /** The token of base info; 0 if this chip has no such memory. */
    private long token(RegionKind kind) {
        return switch (kind) {
            case UREGS -> info.uregbase();
            case PIOBUFS -> info.piobufbase();
            case RCVEGRBUFS -> info.rcvEgrbufs();
            case RCVHDRQ -> info.rcvhdrBase();
            case RCVHDRTAIL -> info.rcvhdrTailaddr();
            case PIOAVAIL -> info.pioavailaddr();
            case SENDBUFSTATUS -> info.sendbufStatus();
            case SUBCTXT_UREGS -> info.subctxtUregbase();
            case SUBCTXT_RCVHDRQ -> info.subctxtRcvhdrBase();
            case SUBCTXT_RCVEGRBUFS -> info.subctxtRcvegrbuf();
        };
    }

    private long bytes(RegionKind kind) {
        return switch (kind) {
            case UREGS, RCVHDRTAIL, PIOAVAIL, SENDBUFSTATUS -> PAGE;
            case PIOBUFS -> (long) info.piocnt() * info.pioalign();
            case SUBCTXT_UREGS, SUBCTXT_RCVHDRQ, SUBCTXT_RCVEGRBUFS ->
                    throw new IllegalStateException("this context is not shared");
            case RCVEGRBUFS -> info.rcvEgrbuftotlen();
            case RCVHDRQ -> roundUp((long) info.rcvhdrCnt() * info.rcvhdrentSize() * Integer.BYTES);
        };
    }

    private long roundedBytes(RegionKind kind) {
        return roundUp(bytes(kind));
    }

    private static long roundUp(long bytes) {
        return bytes + PAGE - 1 & -PAGE;
    }

    private static String outcome(long result) {
        return RawFile.outcome(result);
    }
}

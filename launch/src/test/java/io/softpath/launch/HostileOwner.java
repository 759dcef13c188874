package io.softpath.launch;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.register.UserRegisters;
import io.softpath.linux.Fd;
import io.softpath.linux.MappedMemory;
import io.softpath.linux.Protection;
import io.softpath.linux.Seals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A user process, without the driver library, that lets the chip write into its memory and does to
 * the file of that memory all the while whatever the kernel lets it.
 *
 * <pre>
 *  prints  grant CONTEXT TID TID ...      and takes whatever comes from then on
 *  reads   a line                          when the packets flow
 *  prints  ACT: OUTCOME                    for each thing that it tries
 *  prints  punched ROUNDS times            each time the chip has filled the hole
 *  prints  unmapped                        it has no mapping any more; the chip has
 * </pre>
 */
final class HostileOwner {
    static final int PAGES = 16;
    static final long BYTES = PAGES * MappedMemory.PAGE_BYTES;

    /** What each dword of the data is. */
    static final int DATA = 0x5AFE_DA7A;

    static final int ROUNDS = 50;

    private static final long ADDRESS = 0x1000_0000;

    private HostileOwner() {}

    public static void main(String[] args) throws IOException {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        try (RawFile file = RawFile.open(Path.of(args[0]), 0);
                Arena arena = Arena.ofShared()) {
            file.assign().orFail();
            BaseInfo info = file.userInit().baseInfo();
            RawFile.Answer made = file.memCreate(BYTES).orFail();
            try (Fd fd = made.fd()) {
                file.memBind(made.result(), ADDRESS).orFail();
                int[] tids = file.tidUpdate(ADDRESS, PAGES).tids();
                takeEverything(file, info, arena);
                System.out.println(
                        "grant "
                                + info.context()
                                + Arrays.stream(tids)
                                        .mapToObj(tid -> " " + tid)
                                        .collect(Collectors.joining()));
                orders.readLine();
                act(fd);
            }
            System.out.println("unmapped");
            while (orders.readLine() != null) {
                // Whatever it is told means nothing.
            }
        }
    }

    /** Reads no packet, but says that it has: the queue never gets full. */
    private static void takeEverything(RawFile file, BaseInfo info, Arena arena) {
        RawFile.Answer answer =
                file.map(
                                info.uregbase(),
                                MappedMemory.PAGE_BYTES,
                                ControlRecord.PROT_READ | ControlRecord.PROT_WRITE,
                                ControlRecord.MAP_SHARED)
                        .orFail();
        try (Fd fd = answer.fd()) {
            MemorySegment page =
                    MappedMemory.map(fd, 0, MappedMemory.PAGE_BYTES, Protection.READ_WRITE, arena)
                            .segment();
            Thread.ofPlatform()
                    .daemon()
                    .start(() -> {
                        while (true) {
                            long tail = UserRegisters.RCVHDRTAIL.get(page);
                            UserRegisters.RCVHDRHEAD.put(page, tail);
                            Thread.yield();
                        }
                    });
        }
    }

    private static void act(Fd fd) {
        int number = fd.number();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory =
                    MappedMemory.map(fd, 0, BYTES, Protection.READ_WRITE, arena).segment();
            awaitData(memory);
            print("truncate to nothing", Syscalls.ftruncate(number, 0));
            print("truncate by a page", Syscalls.ftruncate(number, BYTES - 4096));
            print("lengthen", Syscalls.ftruncate(number, BYTES + 4096));
            print("allocate more", Syscalls.allocate(number, BYTES + 4096));
            print("seal against writes", Syscalls.addSeals(number, Seals.WRITE));
            print("seal against new maps", Syscalls.addSeals(number, Seals.FUTURE_WRITE));
            for (int round = 0; round < ROUNDS; round++) {
                long result =
                        round % 2 == 0
                                ? Syscalls.punchHole(number, BYTES)
                                : Syscalls.madvise(memory.address(), BYTES, Syscalls.MADV_REMOVE);
                if (result != 0) {
                    print("hole", result);
                }
                awaitData(memory);
            }
            System.out.println("punched " + ROUNDS + " times");
        }
    }

    private static void awaitData(MemorySegment memory) {
        Await.until(
                "data in all pages",
                () -> {
                    for (long page = 0; page < BYTES; page += MappedMemory.PAGE_BYTES) {
                        if (memory.get(ValueLayout.JAVA_INT, page) != DATA) {
                            return false;
                        }
                    }
                    return true;
                });
    }

    private static void print(String what, long result) {
        System.out.println(what + ": " + RawFile.outcome(result));
    }
}

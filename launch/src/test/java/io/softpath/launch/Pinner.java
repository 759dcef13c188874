package io.softpath.launch;

import io.softpath.linux.CurrentProcess;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * A user process that pins: registered memory over two files, {@link #REGISTERED}, all TIDs of
 * several files, {@link #EVERYTHING}, or ordinary memory, {@link #ORDINARY}. Prints what comes of
 * each request and keeps what it has until its standard input ends.
 */
final class Pinner {
    static final String REGISTERED = "registered";

    /** As many pages as there are TIDs, of each of {@link #FILES} files. */
    static final String EVERYTHING = "everything";

    static final int FILES = 5;
    static final String ORDINARY = "ordinary";

    /** As {@link #ORDINARY}, by a process that nobody may trace. */
    static final String UNDUMPABLE = "undumpable";

    /** What it asks for each time: twice that is more than a limit of 64 KiB. */
    static final int BYTES = 48 * 1024;

    private static final int PAGE = 4096;
    private static final long ADDRESS = 0x1000_0000;

    private Pinner() {}

    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        if (args[1].equals(EVERYTHING)) {
            pinEverything(directory);
            awaitEnd();
            return;
        }
        try (RawFile first = start(directory);
                RawFile second = start(directory)) {
            if (args[1].equals(REGISTERED)) {
                register("create first", first);
                register("create second", second);
                print("pin first", first.tidUpdate(ADDRESS, BYTES / PAGE));
                print("pin again", first.tidUpdate(ADDRESS, BYTES / PAGE));
            } else {
                if (args[1].equals(UNDUMPABLE)) {
                    CurrentProcess.makeUndumpable();
                }
                MemorySegment page = Arena.ofAuto().allocate(PAGE, PAGE);
                print("pin ordinary", first.tidUpdate(page.address(), 1));
            }
            awaitEnd();
        }
    }

    private static void awaitEnd() throws IOException {
        System.out.println("done");
        while (System.in.read() >= 0) {
            // Whatever it is told means nothing.
        }
    }

    private static void pinEverything(Path directory) {
        for (int i = 0; i < FILES; i++) {
            RawFile file = RawFile.open(directory, 0);
            file.assign().orFail();
            int pages = file.userInit().baseInfo().tidcnt();
            RawFile.Answer memory = file.memCreate((long) pages * PAGE);
            print("create " + i, memory);
            if (memory.fd() != null) {
                memory.fd().close();
                file.memBind(memory.result(), ADDRESS).orFail();
                print("pin " + i, file.tidUpdate(ADDRESS, pages));
            }
        }
    }

    private static RawFile start(Path directory) {
        RawFile file = RawFile.open(directory, 0);
        file.assign().orFail();
        file.userInit().orFail();
        return file;
    }

    private static void register(String what, RawFile file) {
        RawFile.Answer answer = file.memCreate(BYTES);
        print(what, answer);
        if (answer.fd() != null) {
            answer.fd().close();
            file.memBind(answer.result(), ADDRESS).orFail();
        }
    }

    private static void print(String what, RawFile.Answer answer) {
        System.out.println(what + ": " + answer.outcome() + " " + answer.sentence());
    }
}

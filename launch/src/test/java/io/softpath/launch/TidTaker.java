package io.softpath.launch;

import io.softpath.linux.MappedMemory;

import java.nio.file.Path;
import java.util.Arrays;

/**
 * A user process that takes all TIDs of a context, asks for more, gives some back and takes them
 * again. Prints what comes of each request and keeps what it has until its standard input ends.
 */
final class TidTaker {
    /** How many it gives back. */
    static final int FEW = 8;

    private static final long ADDRESS = 0x1000_0000;

    private TidTaker() {}

    public static void main(String[] args) throws Exception {
        try (RawFile file = RawFile.open(Path.of(args[0]), 0)) {
            file.assign().orFail();
            int all = file.userInit().baseInfo().tidcnt();
            RawFile.Answer made = file.memCreate(all * MappedMemory.PAGE_BYTES).orFail();
            made.fd().close();
            file.memBind(made.result(), ADDRESS).orFail();
            int[] tids = file.tidUpdate(ADDRESS, all).tids();
            System.out.println("took " + Arrays.stream(tids).distinct().count() + " of " + all);
            print("one more", file.tidUpdate(ADDRESS, 1));
            int[] few = Arrays.copyOfRange(tids, 100, 100 + FEW);
            file.tidFree(few).orFail();
            print("one more than were freed", file.tidUpdate(ADDRESS, FEW + 1));
            int[] again = file.tidUpdate(ADDRESS, FEW).tids();
            System.out.println("the same again: " + Arrays.equals(few, again));
            print("one more", file.tidUpdate(ADDRESS, 1));
            System.out.println("done");
            while (System.in.read() >= 0) {
                // Whatever it is told means nothing.
            }
        }
    }

    private static void print(String what, RawFile.Answer answer) {
        System.out.println(what + ": " + answer.outcome() + " " + answer.sentence());
    }
}

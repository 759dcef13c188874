package io.softpath.launch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A user process that takes contexts of unit 0 until it is refused, prints how many and why no
 * more, and keeps them until its standard input ends.
 */
final class Hoarder {
    private Hoarder() {}

    public static void main(String[] args) throws Exception {
        List<RawFile> files = new ArrayList<>();
        while (true) {
            RawFile file = RawFile.open(Path.of(args[0]), 0);
            files.add(file);
            RawFile.Answer answer = file.assign();
            if (answer.result() < 0) {
                System.out.println("took " + (files.size() - 1) + " then " + answer.outcome());
                break;
            }
            file.userInit().orFail();
        }
        while (System.in.read() >= 0) {
            // Whatever it is told means nothing.
        }
        files.forEach(RawFile::close);
    }
}

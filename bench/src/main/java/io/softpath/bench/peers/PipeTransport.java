package io.softpath.bench.peers;

import io.softpath.bench.mq.Size;
import io.softpath.bench.process.BenchFailure;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A named pipe each way. Who reads sleeps until something comes: Java has no other way. */
final class PipeTransport {
    private static final String THERE = "there";
    private static final String BACK = "back";

    private PipeTransport() {}

    static Transport serve(Path directory, Size size) throws IOException {
        make(directory.resolve(THERE));
        make(directory.resolve(BACK));
        return new StreamTransport(open(directory, THERE), open(directory, BACK), size);
    }

    static Transport connect(Path directory, Size size) throws IOException {
        return new StreamTransport(open(directory, BACK), open(directory, THERE), size);
    }

    private static void make(Path pipe) throws IOException {
        try {
            Process mkfifo = new ProcessBuilder("mkfifo", pipe.toString()).inheritIO().start();
            if (mkfifo.waitFor() != 0) {
                throw new BenchFailure("mkfifo cannot make a pipe: path=" + pipe);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchFailure("interrupted", e);
        }
    }

    /** For both, so that nobody has to wait for the other in order to open it. */
    private static FileChannel open(Path directory, String name) throws IOException {
        return FileChannel.open(
                directory.resolve(name), StandardOpenOption.READ, StandardOpenOption.WRITE);
    }
}

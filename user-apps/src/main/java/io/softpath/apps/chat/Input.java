package io.softpath.apps.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** Lines of standard input, read by a thread of its own, which somebody else takes. */
final class Input {
    private static final int LINES = 64;

    private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(LINES);
    private volatile boolean ended;

    private Input() {}

    static Input start() {
        Input input = new Input();
        Thread.ofPlatform().daemon().name("input").start(input::read);
        return input;
    }

    private void read() {
        try (var reader = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.put(line);
            }
        } catch (IOException | InterruptedException e) {
            System.err.println("chat: the input is lost: " + e);
        }
        ended = true;
    }

    boolean hasLine() {
        return !lines.isEmpty();
    }

    /** The next line; null if there is none now. */
    String take() {
        return lines.poll();
    }

    /** Whether no more will come. */
    boolean isOver() {
        return ended && lines.isEmpty();
    }
}

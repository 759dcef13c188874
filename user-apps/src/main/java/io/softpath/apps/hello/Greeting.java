package io.softpath.apps.hello;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * What one rank says to another: a short line, and a text that no single packet can hold. Both ends
 * know both.
 */
final class Greeting {
    private static final int LONG_BYTES = 9000;

    private Greeting() {}

    /** The greeting as the payloads of its packets. */
    static List<byte[]> packets(int from, int to, int maxPayloadBytes) {
        List<byte[]> packets = new ArrayList<>();
        packets.add(("hello, world: rank " + from + " greets rank " + to).getBytes(UTF_8));
        byte[] text = new byte[LONG_BYTES];
        new Random(31L * from + to).nextBytes(text);
        for (int at = 0; at < LONG_BYTES; at += maxPayloadBytes) {
            packets.add(Arrays.copyOfRange(text, at, Math.min(at + maxPayloadBytes, LONG_BYTES)));
        }
        return List.copyOf(packets);
    }
}

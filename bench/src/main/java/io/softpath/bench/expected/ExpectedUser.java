package io.softpath.bench.expected;

import io.softpath.driver.Address;
import io.softpath.driver.Context;
import io.softpath.driver.Device;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * A user process of the measurements: {@code ExpectedUser ROLE ...}. It opens a context, prints
 * {@code ready LID:CONTEXT}, waits for a line {@code go LID:CONTEXT}, does its part and ends.
 */
final class ExpectedUser {
    static final String READY = "ready ";
    static final String GO = "go ";
    static final String SINK = "sink";
    static final String SOURCE = "source";

    private ExpectedUser() {}

    public static void main(String[] arguments) throws IOException {
        BufferedReader stdin =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Device device = Device.open();
                Context context = device.openContext()) {
            System.out.println(READY + context.address());
            String line = stdin.readLine();
            if (line == null) {
                return; // the harness is gone
            }
            Address peer = Address.parse(line.substring(GO.length()));
            switch (arguments[0]) {
                case SINK ->
                        new Sink(context, peer, Long.parseLong(arguments[1]) * 1_000_000)
                                .measure(System.out);
                case SOURCE -> new Source(context, peer).serve();
                default -> throw new IllegalArgumentException("no such role: " + arguments[0]);
            }
        }
    }
}

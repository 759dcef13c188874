package io.softpath.bench.chip;

import io.softpath.bench.process.Findings;
import io.softpath.bench.process.UserPair;
import io.softpath.driver.Address;
import io.softpath.driver.Context;
import io.softpath.driver.Destination;
import io.softpath.driver.Device;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A user process of the measurements: {@code ChipUser ROLE ...}. It opens a context, prints {@code
 * ready LID:CONTEXT}, waits for a line {@code go [LID:CONTEXT]}, measures, prints its findings and
 * ends.
 */
final class ChipUser {
    static final String SELF = "self";
    static final String PING = "ping";
    static final String PONG = "pong";
    static final String WAKER = "waker";
    static final String SLEEPER = "sleeper";
    static final String HOLDER = "holder";

    private static final Duration LONG = Duration.ofDays(1);

    private ChipUser() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments[0].equals(HOLDER)) {
            hold(Integer.parseInt(arguments[1]));
            return;
        }
        boolean crowded = Runtime.getRuntime().availableProcessors() < 3; // two users, one daemon
        try (Device device = Device.open();
                Context context = device.openContext()) {
            if (arguments[0].equals(SLEEPER)) {
                UserPair.ready(context.address().toString());
                endWithInput();
                sleep(context);
                return;
            }
            String other = UserPair.meet(context.address().toString());
            if (other == null) {
                return; // the harness is gone
            }
            Address peer = Address.parse(other);
            long measuredNs = arguments.length > 1 ? Long.parseLong(arguments[1]) * 1_000_000 : 0;
            switch (arguments[0]) {
                case SELF -> new RoundTrips(context, peer, false).self(measuredNs, System.out);
                case PING -> new RoundTrips(context, peer, crowded).ping(measuredNs, System.out);
                case PONG -> new RoundTrips(context, peer, crowded).pong();
                case WAKER ->
                        Findings.print(System.out, ChipBench.WAKE, Wakes.measure(context, peer));
                default -> throw new IllegalArgumentException("no such role: " + arguments[0]);
            }
        }
    }

    /**
     * Holds contexts, each of which has sent itself a packet, until the harness is done with them.
     */
    private static void hold(int count) throws IOException {
        List<Device> devices = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                Device device = Device.open();
                devices.add(device);
                Context context = device.openContext();
                new RoundTrips(context, context.address(), false).trips(1);
            }
            UserPair.ready(String.valueOf(count));
            System.in.read();
        } finally {
            devices.forEach(Device::close);
        }
    }

    /** Sleeps until a packet comes, answers it, sleeps again. */
    private static void sleep(Context context) {
        Destination[] peer = new Destination[1];
        while (true) {
            if (context.await(LONG)) {
                context.receive(
                        packet -> {
                            if (peer[0] == null) {
                                peer[0] = context.destination(packet.source());
                            }
                            if (!context.send(peer[0], 0, packet.data0(), 0).isSent()) {
                                throw new IllegalStateException("no PIO buffer for an answer");
                            }
                        },
                        1);
            }
        }
    }

    private static void endWithInput() {
        Thread.ofPlatform()
                .daemon()
                .name("bench-stdin")
                .start(() -> {
                    try {
                        while (System.in.read() >= 0) {
                            // Nothing is asked of a sleeper.
                        }
                    } catch (IOException _) {
                        // No input any more is the same as its end.
                    }
                    Runtime.getRuntime().halt(0);
                });
    }
}

package io.softpath.bench.idle;

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
 * A user process of the measurements: {@code IdleUser ROLE ...}. It opens a context, prints {@code
 * ready LID:CONTEXT} and does what its role says until its input ends.
 */
final class IdleUser {
    static final String SLEEPER = "sleeper";
    static final String WAKER = "waker";
    static final String HOLDER = "holder";

    private static final Duration LONG = Duration.ofDays(1);
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private IdleUser() {}

    public static void main(String[] arguments) throws IOException {
        switch (arguments[0]) {
            case SLEEPER -> sleep();
            case WAKER -> wake();
            case HOLDER -> hold(Integer.parseInt(arguments[1]));
            default -> throw new IllegalArgumentException("no such role: " + arguments[0]);
        }
    }

    /** Sleeps until a packet comes, answers it, sleeps again. */
    private static void sleep() {
        try (Device device = Device.open();
                Context context = device.openContext()) {
            UserPair.ready(context.address().toString());
            endWithInput();
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

    private static void wake() throws IOException {
        try (Device device = Device.open();
                Context context = device.openContext()) {
            String sleeper = UserPair.meet(context.address().toString());
            if (sleeper != null) {
                Address peer = Address.parse(sleeper);
                Findings.print(System.out, IdleBench.WAKE, Wakes.measure(context, peer));
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
                use(device.openContext());
            }
            UserPair.ready(String.valueOf(count));
            System.in.read();
        } finally {
            devices.forEach(Device::close);
        }
    }

    private static void use(Context context) {
        Destination own = context.destination(context.address());
        if (!context.send(own, 0, 0, 0).isSent()) {
            throw new IllegalStateException("no PIO buffer in a new context");
        }
        if (context.receive(packet -> {}, 1, DEADLINE) != 1) {
            throw new IllegalStateException("no packet from oneself within " + DEADLINE);
        }
    }
}

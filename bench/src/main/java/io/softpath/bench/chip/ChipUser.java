package io.softpath.bench.chip;

import io.softpath.bench.process.UserPair;
import io.softpath.driver.Address;
import io.softpath.driver.Context;
import io.softpath.driver.Device;

import java.io.IOException;

/**
 * A user process of the measurements: {@code ChipUser ROLE ...}. It opens a context, prints {@code
 * ready LID:CONTEXT}, waits for a line {@code go LID:CONTEXT}, measures, prints its findings and
 * ends.
 */
final class ChipUser {
    static final String SELF = "self";
    static final String PING = "ping";
    static final String PONG = "pong";

    private ChipUser() {}

    public static void main(String[] arguments) throws IOException {
        boolean crowded = Runtime.getRuntime().availableProcessors() < 3; // two users, one daemon
        try (Device device = Device.open();
                Context context = device.openContext()) {
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
                default -> throw new IllegalArgumentException("no such role: " + arguments[0]);
            }
        }
    }
}

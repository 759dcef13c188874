package io.softpath.bench.expected;

import io.softpath.bench.process.UserPair;
import io.softpath.driver.Address;
import io.softpath.driver.Context;
import io.softpath.driver.Device;

import java.io.IOException;

/**
 * A user process of the measurements, one of a {@link UserPair}: {@code ExpectedUser ROLE ...}. Its
 * address is LID:CONTEXT.
 */
final class ExpectedUser {
    static final String SINK = "sink";
    static final String SOURCE = "source";

    private ExpectedUser() {}

    public static void main(String[] arguments) throws IOException {
        try (Device device = Device.open();
                Context context = device.openContext()) {
            String other = UserPair.meet(context.address().toString());
            if (other == null) {
                return; // the harness is gone
            }
            Address peer = Address.parse(other);
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

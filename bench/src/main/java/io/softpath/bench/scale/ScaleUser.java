package io.softpath.bench.scale;

import io.softpath.bench.process.UserPair;

import java.io.IOException;

/**
 * A user process of the measurements: {@code ScaleUser contexts MS DAEMON_PID} or {@code ScaleUser
 * peers MS REACH}. It needs no other.
 */
final class ScaleUser {
    static final String CONTEXTS = "contexts";
    static final String PEERS = "peers";

    private ScaleUser() {}

    public static void main(String[] arguments) throws IOException {
        if (UserPair.meet(arguments[0]) == null) {
            return; // the harness is gone
        }
        long measuredNs = Long.parseLong(arguments[1]) * 1_000_000;
        switch (arguments[0]) {
            case CONTEXTS -> {
                try (Contexts contexts = new Contexts()) {
                    contexts.measure(measuredNs, Long.parseLong(arguments[2]), System.out);
                }
            }
            case PEERS -> {
                try (Peers peers = new Peers(Reach.valueOf(arguments[2]))) {
                    peers.measure(measuredNs, System.out);
                }
            }
            default -> throw new IllegalArgumentException("no such role: " + arguments[0]);
        }
    }
}

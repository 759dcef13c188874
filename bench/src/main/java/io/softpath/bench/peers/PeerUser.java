package io.softpath.bench.peers;

import io.softpath.bench.process.Trips;
import io.softpath.bench.process.UserPair;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** A process of the measurements: {@code PeerUser ROLE PEER DIRECTORY MS}. */
final class PeerUser {
    static final String PING = "ping";
    static final String PONG = "pong";

    private static final long STOP = -1;

    private final Transport transport;
    private long number;

    private PeerUser(Transport transport) {
        this.transport = transport;
    }

    public static void main(String[] arguments) throws IOException {
        Peer peer = Peer.valueOf(arguments[1]);
        Path directory = Path.of(arguments[2]);
        switch (arguments[0]) {
            case PONG -> {
                try (Transport transport = peer.serve(directory, Transport.NUMBERS)) {
                    if (UserPair.meet(PONG) != null) {
                        serve(transport);
                    }
                }
            }
            case PING -> {
                if (UserPair.meet(PING) == null) {
                    return; // the harness is gone
                }
                try (Transport transport = peer.connect(directory, Transport.NUMBERS)) {
                    PeerUser user = new PeerUser(transport);
                    new Trips(user::trip, Long.parseLong(arguments[3]) * 1_000_000)
                            .measure(System.out, peer.rtt(), peer.alloc());
                    transport.send(STOP);
                    transport.receive(); // so that nobody is gone while the other needs it
                }
            }
            default -> throw new IllegalArgumentException("no such role: " + arguments[0]);
        }
    }

    private static void serve(Transport transport) throws IOException {
        long received;
        do {
            received = transport.receive();
            transport.send(received);
        } while (received != STOP);
    }

    private void trip() {
        try {
            transport.send(++number);
            long answer = transport.receive();
            if (answer != number) {
                throw new IllegalStateException("answer=" + answer + " to number=" + number);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.softpath.bench.mq;

import io.softpath.abi.psm.EndpointId;
import io.softpath.bench.process.UserPair;
import io.softpath.psm.Endpoint;
import io.softpath.psm.EndpointOptions;
import io.softpath.psm.engine.Peer;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/**
 * A user process of the measurements, one of a {@link UserPair}: {@code MqUser ROLE WAY UNIT MS
 * [SIZE,...]}. Its address is the id of its endpoint, and it connects to the other's.
 */
final class MqUser {
    static final String PING = "ping";
    static final String TRIPS = "trips";
    static final String WINDOWS = "windows";
    static final String PONG = "pong";
    static final String ALONE = "alone";

    private MqUser() {}

    public static void main(String[] arguments) throws IOException {
        Way way = Way.valueOf(arguments[1]);
        EndpointOptions options = Endpoints.options(Integer.parseInt(arguments[2]), way.device());
        if (arguments[0].equals(ALONE)) {
            if (UserPair.meet(ALONE) != null) {
                long measuredNs = Long.parseLong(arguments[3]) * 1_000_000;
                Alone.measure(
                        options,
                        Endpoints.options(way.pongUnit(), way.device()),
                        measuredNs,
                        System.out);
            }
            return;
        }
        try (Endpoint endpoint = Endpoint.open(options)) {
            String other = UserPair.meet(Long.toUnsignedString(endpoint.id().value()));
            if (other == null) {
                return; // the harness is gone
            }
            EndpointId id = new EndpointId(Long.parseUnsignedLong(other));
            Peer peer = endpoint.connect(id, Endpoints.PATIENCE);
            if (peer.isDirect() != (way == Way.DIRECT)) {
                throw new IllegalStateException("another way than " + way + " to " + peer);
            }
            switch (arguments[0]) {
                case PING -> ping(endpoint, peer, way, arguments[3]).measure(System.out);
                case TRIPS -> ping(endpoint, peer, way, arguments[3]).measureTrips(System.out);
                case WINDOWS ->
                        ping(endpoint, peer, way, arguments[3])
                                .measureWindows(sizes(arguments[4]), System.out);
                case PONG -> new Pong(endpoint, peer).serve();
                default -> throw new IllegalArgumentException("no such role: " + arguments[0]);
            }
            endpoint.close(Endpoints.PATIENCE);
        }
    }

    private static List<Size> sizes(String names) {
        return Stream.of(names.split(",", -1)).map(Size::valueOf).toList();
    }

    private static Ping ping(Endpoint endpoint, Peer peer, Way way, String ms) {
        return new Ping(endpoint, peer, way, Long.parseLong(ms) * 1_000_000);
    }
}

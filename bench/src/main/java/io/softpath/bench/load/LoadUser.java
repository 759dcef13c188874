package io.softpath.bench.load;

import io.softpath.abi.psm.EndpointId;
import io.softpath.bench.mq.Endpoints;
import io.softpath.bench.process.UserPair;
import io.softpath.psm.Endpoint;
import io.softpath.psm.EndpointOptions;
import io.softpath.psm.engine.Peer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A user process of the measurements: {@code LoadUser ROLE MS [WAIT...]}. */
final class LoadUser {
    static final String SEND = "send";
    static final String RECEIVE = "receive";
    static final String NEAR = "near";
    static final String NEIGHBOURS = "neighbours";

    private final String role;
    private final long measuredNs;

    /** What waiting is measured, and if nothing then the load. */
    private final List<Wait> waits = new ArrayList<>();

    private LoadUser(String[] arguments) {
        role = arguments[0];
        measuredNs = Long.parseLong(arguments[1]) * 1_000_000;
        for (int i = 2; i < arguments.length; i++) {
            waits.add(Wait.valueOf(arguments[i]));
        }
    }

    public static void main(String[] arguments) throws IOException {
        LoadUser user = new LoadUser(arguments);
        switch (user.role) {
            case SEND, RECEIVE -> user.oneEnd();
            case NEAR -> user.bothEnds();
            case NEIGHBOURS -> user.neighbours();
            default -> throw new IllegalArgumentException("no such role: " + user.role);
        }
    }

    private List<Step> steps(Way way) {
        return waits.isEmpty() ? Step.ofLoad(way) : Step.ofWaits(waits);
    }

    private void oneEnd() throws IOException {
        EndpointOptions options = Endpoints.options(0, Way.DIRECT.device());
        boolean thread = role.equals(RECEIVE) && waits.contains(Wait.THREAD);
        try (Endpoint endpoint = Endpoint.open(thread ? options.withProgressThread() : options)) {
            String other = UserPair.meet(Long.toUnsignedString(endpoint.id().value()));
            if (other == null) {
                return; // the harness is gone
            }
            EndpointId id = new EndpointId(Long.parseUnsignedLong(other));
            Peer peer = endpoint.connect(id, Endpoints.PATIENCE);
            if (!peer.isDirect()) {
                throw new IllegalStateException("not through shared memory: " + peer);
            }
            if (role.equals(SEND)) {
                Sender sender = new Sender(endpoint, peer, () -> {});
                new Script(sender, new Far(endpoint, sender)).run(steps(Way.DIRECT), measuredNs);
            } else {
                Far.receive(endpoint, peer, steps(Way.DIRECT), System.out);
            }
            endpoint.close(Endpoints.PATIENCE);
        }
    }

    private void bothEnds() throws IOException {
        EndpointOptions options = Endpoints.options(0, Way.CHIP.device());
        try (Endpoint one = Endpoint.open(options);
                Endpoint other = Endpoint.open(options)) {
            if (UserPair.meet(role) != null) {
                Endpoints.Pair pair = Endpoints.connect(one, List.of(other)).getFirst();
                Near.run(pair, steps(Way.CHIP), measuredNs, System.out);
            }
        }
    }

    private void neighbours() throws IOException {
        try (Neighbours neighbours = new Neighbours()) {
            if (UserPair.meet(role) != null) {
                neighbours.measure(measuredNs, System.out);
            }
        }
    }
}

package io.softpath.bench.mq;

import io.softpath.abi.psm.EndpointId;
import io.softpath.driver.DeviceOptions;
import io.softpath.psm.Endpoint;
import io.softpath.psm.EndpointOptions;
import io.softpath.psm.engine.Peer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;

/**
 * A user process of the measurements: {@code MqUser ROLE UNIT MS}. It opens an endpoint, prints
 * {@code ready ID}, waits for a line {@code go ID}, connects to that one, does its part and ends.
 */
final class MqUser {
    static final String READY = "ready ";
    static final String GO = "go ";
    static final String PING = "ping";
    static final String PONG = "pong";

    /** For whatever is waited for: a measurement that takes longer has failed. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final UUID JOB =
            UUID.nameUUIDFromBytes("softpath bench mq".getBytes(StandardCharsets.UTF_8));

    private MqUser() {}

    public static void main(String[] arguments) throws IOException {
        BufferedReader stdin =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        int unit = Integer.parseInt(arguments[1]);
        EndpointOptions options =
                EndpointOptions.ofJob(JOB)
                        .withDevice(DeviceOptions.fromEnvironment().withUnit(unit));
        try (Endpoint endpoint = Endpoint.open(options)) {
            System.out.println(READY + Long.toUnsignedString(endpoint.id().value()));
            String line = stdin.readLine();
            if (line == null) {
                return; // the harness is gone
            }
            EndpointId id = new EndpointId(Long.parseUnsignedLong(line.substring(GO.length())));
            Peer peer = endpoint.connect(id, PATIENCE);
            switch (arguments[0]) {
                case PING ->
                        new Ping(endpoint.queue(), peer, Long.parseLong(arguments[2]) * 1_000_000)
                                .measure(System.out);
                case PONG -> new Pong(endpoint.queue(), peer).serve();
                default -> throw new IllegalArgumentException("no such role: " + arguments[0]);
            }
            endpoint.close(PATIENCE);
        }
    }
}

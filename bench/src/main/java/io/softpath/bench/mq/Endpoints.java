package io.softpath.bench.mq;

import io.softpath.driver.DeviceOptions;
import io.softpath.psm.Endpoint;
import io.softpath.psm.EndpointOptions;
import io.softpath.psm.PsmDevices;
import io.softpath.psm.engine.Peer;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Endpoints of the measurements: all are of one job. */
public final class Endpoints {
    /** For whatever is waited for: a measurement that takes longer has failed. */
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final UUID JOB =
            UUID.nameUUIDFromBytes("softpath bench mq".getBytes(StandardCharsets.UTF_8));

    private Endpoints() {}

    /** Of a unit, for messages that go one way and no other. */
    public static EndpointOptions options(int unit, PsmDevices device) {
        return EndpointOptions.ofJob(JOB)
                .withDevice(DeviceOptions.fromEnvironment().withUnit(unit))
                .withDevices(List.of(device));
    }

    /**
     * Two endpoints of this process that are connected.
     *
     * @param there what the other is to the one
     * @param back what the one is to the other
     */
    public record Pair(Endpoint one, Peer there, Endpoint other, Peer back) {
        /** From the one to the other. */
        public Passing passingThere() {
            return new Passing(one, there, other);
        }

        /** From the other to the one. */
        public Passing passingBack() {
            return new Passing(other, back, one);
        }
    }

    /**
     * Connects an endpoint with others of this process, each way. Each waits for the other, so the
     * others make progress in a thread of their own, until they have connected and are connected.
     *
     * @throws IllegalStateException if that does not come about
     */
    public static List<Pair> connect(Endpoint one, List<Endpoint> others) {
        AtomicBoolean connected = new AtomicBoolean();
        FutureTask<List<Peer>> theirs = new FutureTask<>(() -> connect(others, one, connected));
        Thread.ofPlatform().daemon().name("bench-others").start(theirs);
        try {
            List<Endpoint.Connected> ours =
                    one.connect(others.stream().map(Endpoint::id).toList(), PATIENCE);
            connected.set(true);
            one.await(theirs::isDone, PATIENCE);
            List<Peer> backs = theirs.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            List<Pair> pairs = new ArrayList<>();
            for (int i = 0; i < others.size(); i++) {
                if (ours.get(i).peer() == null) {
                    throw new IllegalStateException("not connected: " + ours.get(i));
                }
                pairs.add(new Pair(one, ours.get(i).peer(), others.get(i), backs.get(i)));
            }
            return pairs;
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the others cannot connect", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static List<Peer> connect(
            List<Endpoint> others, Endpoint one, AtomicBoolean connected) {
        List<Peer> peers = others.stream().map(other -> other.connect(one.id(), PATIENCE)).toList();
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!connected.get() && System.nanoTime() - end < 0) {
            others.forEach(Endpoint::progress);
            Thread.yield();
        }
        return peers;
    }
}

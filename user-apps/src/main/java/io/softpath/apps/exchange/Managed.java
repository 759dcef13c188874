package io.softpath.apps.exchange;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.softpath.abi.psm.EndpointId;
import io.softpath.error.SoftpathException;
import io.softpath.fault.FaultPlan;
import io.softpath.fault.Faults;
import io.softpath.psm.Endpoint;
import io.softpath.psm.EndpointOptions;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A rank that does what is written to its standard input, a line for each order, and tells what
 * becomes of it, a line each.
 *
 * <pre>
 *  open PLANT [PLAN]           opens the device; until then it only loads its code; from then on it
 *                              has the {@link Plant}, none or another, and what the plan says goes
 *                              wrong, as in {@link Faults#VARIABLE}
 *  peer RANK INCARNATION ID    where the rank is now
 *  drain                       no new messages
 *  stop                        parts from all, and ends
 *
 *  ready INCARNATION ID        it has an endpoint
 *  lost INCARNATION NANOS      the device was lost, seen then; it opens it again
 *  drained INCARNATION         each of its messages is acknowledged, or has failed
 *  closed INCARNATION OUTCOME  it has parted from all
 *  overdue WHAT                something should have happened long ago; it gives up
 * </pre>
 *
 * It ends with its standard input. Each endpoint has a number of its own: {@link #PER_PROCESS} for
 * each process.
 */
final class Managed {
    /** Exit code of one that waited in vain. */
    static final int OVERDUE = 4;

    /** Incarnations that a process has at most. */
    static final int PER_PROCESS = 32;

    private static final long BETWEEN_OPENS_NS = TimeUnit.MILLISECONDS.toNanos(5);

    /** Where a rank was last. */
    private record Place(int incarnation, EndpointId id) {}

    private final Options options;
    private final History history;
    private final SplittableRandom random;
    private final BlockingQueue<String> orders = new LinkedBlockingQueue<>();
    private final Map<Integer, Place> places = new HashMap<>();
    private int incarnation;
    private Plant plant = Plant.NONE;
    private boolean draining;
    private boolean drained;
    private boolean stopping;
    private Exchanger exchanger;

    Managed(Options options) {
        this.options = options;
        history = History.open(options.history());
        random = new SplittableRandom(options.seed());
        incarnation = options.process() * PER_PROCESS;
    }

    void run() throws InterruptedException {
        Thread.ofPlatform().daemon().name("exchange-orders").start(this::listen);
        preload();
        String[] first = orders.take().split(" ", 3);
        if (!first[0].equals("open") || first.length == 1) {
            throw new IllegalArgumentException(
                    "the first order is open PLANT, not " + String.join(" ", first));
        }
        plant = Plant.named(first[1]);
        if (first.length > 2) {
            Faults.handler(Faults.planned(FaultPlan.parse(first[2])));
        }
        try {
            while (!exchange()) {
                incarnation++;
            }
        } catch (Exchanger.Overdue e) {
            System.out.println("overdue " + e.getMessage());
            System.exit(OVERDUE);
        }
        history.close();
    }

    private void listen() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                orders.add(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().halt(0); // nobody needs it any more
    }

    /** What takes long is done before somebody waits for it. */
    private void preload() {
        EndpointOptions.ofJob(options.job());
        for (Class<?> each : new Class<?>[] {Exchanger.class, Inbox.class, Endpoint.class}) {
            try {
                Class.forName(each.getName());
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** One incarnation; false if it has lost its device. */
    private boolean exchange() {
        Endpoint endpoint = open();
        drained = false;
        say("ready", Long.toHexString(endpoint.id().value()));
        try {
            exchanger = exchanger(endpoint);
            places.forEach((rank, place) -> exchanger.meet(rank, place.incarnation(), place.id()));
            while (!stopping) {
                obey();
                exchanger.turn();
                if (draining && !drained && exchanger.isDrained()) {
                    drained = true;
                    say("drained", "-");
                }
            }
            say("closed", exchanger.close().name());
            return true;
        } catch (SoftpathException.Lost e) {
            long seenNs = System.nanoTime();
            if (exchanger != null) {
                exchanger.lose(); // whoever is told of it may kill this process next
            }
            say("lost", Long.toString(seenNs));
            return false;
        } finally {
            endpoint.close();
            exchanger = null;
        }
    }

    private Exchanger exchanger(Endpoint endpoint) {
        return new Exchanger(
                endpoint, incarnation, history, random, plant, options.patience(), Long.MAX_VALUE);
    }

    private Endpoint open() {
        long end = System.nanoTime() + options.patience().toNanos();
        while (true) {
            try {
                return Endpoint.open(EndpointOptions.ofJob(options.job()));
            } catch (SoftpathException e) {
                if (System.nanoTime() - end > 0) {
                    throw new Exchanger.Overdue("cannot open the device: " + e.getMessage());
                }
                LockSupport.parkNanos(BETWEEN_OPENS_NS);
            }
        }
    }

    private void obey() {
        for (String order = orders.poll(); order != null; order = orders.poll()) {
            String[] words = order.split(" ", -1);
            switch (words[0]) {
                case "peer" -> {
                    int rank = Integer.parseInt(words[1]);
                    Place place =
                            new Place(
                                    Integer.parseInt(words[2]),
                                    new EndpointId(Long.parseLong(words[3], 16)));
                    places.put(rank, place);
                    exchanger.meet(rank, place.incarnation(), place.id());
                }
                case "drain" -> draining = true;
                case "stop" -> stopping = true;
                default -> throw new IllegalArgumentException("no such order: " + order);
            }
        }
        if (draining) {
            exchanger.drain();
        }
    }

    private void say(String what, String more) {
        System.out.println(what + " " + incarnation + " " + more);
    }
}

package io.softpath.apps.pingpong;

import io.softpath.driver.Address;
import io.softpath.driver.Context;
import io.softpath.driver.Destination;
import io.softpath.driver.Device;
import io.softpath.driver.PacketHandler;
import io.softpath.driver.ReceivedPacket;
import io.softpath.driver.SendResult;
import io.softpath.error.SoftpathException;
import io.softpath.job.Job;

import org.HdrHistogram.Histogram;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Ranks 0 and 1 send one packet back and forth; rank 0 prints how long one way takes, half a round
 * trip. Usage: {@code pingpong [ROUNDS [BYTES...]]}.
 */
public final class Pingpong implements PacketHandler {
    private static final int BALL = 1;
    private static final int ROUNDS = 10_000;
    private static final List<Integer> SIZES = List.of(0, 8, 64, 256, 1024, 2048);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Context context;
    private final Destination other;
    private final MemorySegment payload;
    private long arrived = -1;

    private Pingpong(Context context, Destination other, MemorySegment payload) {
        this.context = context;
        this.other = other;
        this.payload = payload;
    }

    public static void main(String[] args) {
        List<Integer> numbers;
        try {
            numbers = Arrays.stream(args).map(Integer::valueOf).toList();
        } catch (NumberFormatException e) {
            System.err.println(
                    "pingpong: usage: pingpong [ROUNDS [BYTES...]], all of them numbers");
            System.exit(2);
            return;
        }
        int rounds = numbers.isEmpty() ? ROUNDS : numbers.getFirst();
        List<Integer> sizes = numbers.size() > 1 ? numbers.subList(1, numbers.size()) : SIZES;
        try (Job job = Job.fromEnvironment();
                Device device = Device.open();
                Context context = device.openContext();
                Arena arena = Arena.ofConfined()) {
            var addresses =
                    job.allGather(context.address().toString()).stream()
                            .map(Address::parse)
                            .toList();
            if (job.rank() < 2) {
                Address other = addresses.get(job.size() == 1 ? 0 : 1 - job.rank());
                MemorySegment payload = arena.allocate(context.maxPayloadBytes());
                Pingpong player = new Pingpong(context, context.destination(other), payload);
                player.play(job, rounds, sizes);
            }
            job.barrier();
        } catch (SoftpathException e) {
            System.err.println("pingpong: " + e.getMessage());
            System.exit(1);
        }
    }

    private void play(Job job, int rounds, List<Integer> sizes) {
        boolean prints = job.rank() == 0;
        if (prints) {
            System.out.printf(
                    "%s <-> %s, one way in microseconds, %d round trips of each size%n",
                    context.address(), other, rounds);
            System.out.printf(
                    "%7s %9s %9s %9s %9s %9s%n", "bytes", "p50", "p90", "p99", "p99.9", "max");
        }
        long ball = 0;
        for (int size : sizes) {
            Histogram oneWayNs = new Histogram(3);
            for (int i = -rounds / 5; i < rounds; i++) { // the first fifth only warms up
                long start = System.nanoTime();
                if (job.rank() == 0) {
                    send(ball, size);
                    await(job.size() == 1 ? ball : ball + 1);
                } else {
                    await(ball);
                    send(ball + 1, size);
                }
                if (i >= 0) {
                    oneWayNs.recordValue((System.nanoTime() - start) / 2);
                }
                ball += 2;
            }
            if (prints) {
                print(size, oneWayNs);
            }
        }
    }

    private static void print(int size, Histogram ns) {
        System.out.printf(
                "%7d %9.2f %9.2f %9.2f %9.2f %9.2f%n",
                size,
                ns.getValueAtPercentile(50) / 1e3,
                ns.getValueAtPercentile(90) / 1e3,
                ns.getValueAtPercentile(99) / 1e3,
                ns.getValueAtPercentile(99.9) / 1e3,
                ns.getMaxValue() / 1e3);
    }

    private void send(long ball, int size) {
        while (context.send(other, BALL, ball, 0, payload, 0, size) != SendResult.SENT) {
            Thread.yield();
        }
    }

    private void await(long ball) {
        while (arrived < ball) {
            if (context.receive(this, 1, PATIENCE) == 0) {
                throw new IllegalStateException(
                        "ball " + ball + " is lost: last=" + arrived + " " + context.statistics());
            }
        }
    }

    @Override
    public void onPacket(ReceivedPacket packet) {
        if (packet.data0() <= arrived) {
            throw new IllegalStateException("ball " + packet.data0() + " came twice");
        }
        arrived = packet.data0();
    }
}

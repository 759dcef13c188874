package io.softpath.apps.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.softpath.driver.Address;
import io.softpath.driver.Context;
import io.softpath.driver.Destination;
import io.softpath.driver.Device;
import io.softpath.driver.ReceivedPacket;
import io.softpath.error.SoftpathException;
import io.softpath.job.Job;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/** Sends each line typed here to the next rank, and prints what arrives, until the input ends. */
public final class Chat {
    private static final int LINE = 1;
    private static final Duration FOREVER = Duration.ofDays(9);

    private Chat() {}

    public static void main(String[] args) throws IOException {
        try (Job job = Job.fromEnvironment();
                Device device = Device.open();
                Context context = device.openContext()) {
            var addresses = job.allGather(context.address().toString());
            var next = Address.parse(addresses.get((job.rank() + 1) % job.size()));
            Thread.ofPlatform().daemon().start(() -> print(context));
            Destination peer = context.destination(next);
            var input = new BufferedReader(new InputStreamReader(System.in, UTF_8));
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                send(context, peer, line.getBytes(UTF_8));
            }
            job.barrier();
        } catch (SoftpathException e) {
            System.err.println("chat: " + e.getMessage());
            System.exit(1);
        }
    }

    private static void send(Context context, Destination to, byte[] text) {
        var payload = MemorySegment.ofArray(text);
        for (int at = 0; at < text.length; at += context.maxPayloadBytes()) {
            int length = Math.min(text.length - at, context.maxPayloadBytes());
            while (!context.send(to, LINE, 0, 0, payload, at, length).isSent()) {
                Thread.yield(); // all buffers are busy: let the chip send them
            }
        }
    }

    private static void print(Context context) {
        try {
            while (true) {
                context.receive(Chat::print, 16, FOREVER);
            }
        } catch (SoftpathException.Refused closed) {
            // The input has ended.
        } catch (SoftpathException.Lost lost) {
            System.err.println(lost.getMessage());
            System.exit(1);
        }
    }

    private static void print(ReceivedPacket packet) {
        System.out.println(packet.source() + "> " + new String(packet.payload(), UTF_8));
    }
}

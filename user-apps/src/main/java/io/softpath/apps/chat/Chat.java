package io.softpath.apps.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.softpath.driver.Address;
import io.softpath.driver.Context;
import io.softpath.driver.Destination;
import io.softpath.driver.Device;
import io.softpath.error.SoftpathException;
import io.softpath.job.Job;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.foreign.MemorySegment;

/**
 * Sends each line typed here to the next rank, and prints what comes from the one before. The chip
 * drops what comes faster than it is read, so do not type more than a thousand lines at once.
 */
public final class Chat {
    static final int LINE = 1;
    static final int END = 2;

    private Chat() {}

    public static void main(String[] args) throws InterruptedException {
        var input = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        // The README shows what follows.
        try (Job job = Job.fromEnvironment();
                Device device = Device.open();
                Context context = device.openContext()) {
            var addresses = job.allGather(context.address().toString());
            var next = Address.parse(addresses.get((job.rank() + 1) % job.size()));
            Destination to = context.destination(next);
            Thread printer = Thread.ofPlatform().daemon().start(new Printer(context));
            input.lines().forEach(line -> send(context, to, LINE, line));
            send(context, to, END, "");
            printer.join();
            job.barrier();
        } catch (SoftpathException e) {
            System.err.println("chat: " + e.getMessage());
            System.exit(1);
        }
    }

    private static void send(Context context, Destination to, int type, String line) {
        var text = MemorySegment.ofArray(line.getBytes(UTF_8));
        long at = 0;
        do {
            int length = (int) Math.min(text.byteSize() - at, context.maxPayloadBytes());
            while (!context.send(to, type, 0, 0, text, at, length).isSent()) {
                Thread.yield(); // all buffers are busy: let the chip send them
            }
            at += length;
        } while (at < text.byteSize());
    }
}

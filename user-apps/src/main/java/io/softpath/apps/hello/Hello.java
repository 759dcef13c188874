package io.softpath.apps.hello;

import io.softpath.driver.Address;
import io.softpath.driver.Context;
import io.softpath.driver.Device;
import io.softpath.error.SoftpathException;
import io.softpath.job.Job;

import java.time.Duration;
import java.util.List;

/**
 * "Hello, world": each rank opens the device, gets a context, maps its memory and greets every
 * other rank, shortly and at length. Ends with exit code 0 only if every byte of every greeting
 * arrived.
 *
 * <p>The last thing a rank gives to its job is a {@link Report} in JSON, which the launcher makes a
 * table of.
 */
public final class Hello {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private Hello() {}

    public static void main(String[] args) {
        boolean ok = false;
        try (Job job = Job.fromEnvironment();
                Device device = Device.open();
                Context context = device.openContext()) {
            Report report = greetEverybody(job, context);
            System.out.println(report.sentence());
            // Also a barrier: until here a peer may still need this context to confirm.
            job.allGather(report.json());
            ok = report.ok();
        } catch (SoftpathException e) {
            System.err.println("hello: " + e.getMessage());
        }
        System.exit(ok ? 0 : 1);
    }

    private static Report greetEverybody(Job job, Context context) {
        List<Address> addresses =
                job.allGather(context.address().toString()).stream().map(Address::parse).toList();
        long start = System.nanoTime();
        Greeter greeter = new Greeter(context, job.rank(), addresses);
        String problem = greeter.run(DEADLINE);
        return Report.of(job.rank(), context, greeter, System.nanoTime() - start, problem);
    }
}

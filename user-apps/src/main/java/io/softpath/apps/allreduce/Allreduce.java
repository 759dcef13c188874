package io.softpath.apps.allreduce;

import io.softpath.apps.Ranks;
import io.softpath.error.SoftpathException;
import io.softpath.job.Job;
import io.softpath.psm.Endpoint;
import io.softpath.psm.Group;

import java.time.Duration;

/**
 * Every rank has a vector of numbers, and gets the sum of all of them, which each checks. Usage:
 * {@code allreduce [NUMBERS]}.
 */
public final class Allreduce {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int NUMBERS = 100_000;

    private Allreduce() {}

    public static void main(String[] args) {
        int numbers;
        try {
            numbers = args.length == 0 ? NUMBERS : Integer.parseInt(args[0]);
        } catch (NumberFormatException e) {
            System.err.println("allreduce: usage: allreduce [NUMBERS], not " + args[0]);
            System.exit(2);
            return;
        }
        try (Job job = Job.fromEnvironment();
                Endpoint endpoint = Ranks.open(job)) {
            Group group = Ranks.connect(job, endpoint, PATIENCE);
            long start = System.nanoTime();
            float[] sums = reduce(group, numbers);
            long tookNs = System.nanoTime() - start;
            group.barrier();
            if (group.rank() == 0) {
                System.out.printf(
                        "%d numbers of each of %d ranks, in %.1f ms; the last sum is %.1f%n",
                        numbers, group.size(), tookNs / 1e6, sums[numbers - 1]);
            }
            endpoint.close(PATIENCE); // what was sent last may still have to be sent again
        } catch (SoftpathException e) {
            System.err.println("allreduce: " + e.getMessage());
            System.exit(1);
        }
    }

    private static float value(int rank, int i) {
        return (rank + 1) * (i % 1000);
    }

    private static float[] reduce(Group group, int numbers) {
        float[] values = new float[numbers];
        for (int i = 0; i < numbers; i++) {
            values[i] = value(group.rank(), i);
        }
        group.allReduceSum(values);
        for (int i = 0; i < numbers; i++) {
            float sum = 0;
            for (int rank = 0; rank < group.size(); rank++) {
                sum += value(rank, i);
            }
            if (values[i] != sum) {
                throw new IllegalStateException(
                        "number " + i + " is " + values[i] + ", not " + sum);
            }
        }
        return values;
    }
}

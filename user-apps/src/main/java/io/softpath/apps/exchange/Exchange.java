package io.softpath.apps.exchange;

import io.softpath.abi.psm.EndpointId;
import io.softpath.apps.Ranks;
import io.softpath.error.SoftpathException;
import io.softpath.job.Job;
import io.softpath.psm.Endpoint;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/**
 * Every rank sends messages to every other, and none goes on before it has written down what it
 * did. Usage: {@code exchange [--messages M]}; see {@link Options#USAGE}.
 */
public final class Exchange {
    private Exchange() {}

    public static void main(String[] args) throws InterruptedException {
        Options options;
        try {
            options = Options.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println("exchange: " + e.getMessage());
            System.err.print(Options.USAGE);
            System.exit(2);
            return;
        }
        if (options.isManaged()) {
            new Managed(options).run();
            return;
        }
        try (Job job = Job.fromEnvironment();
                Endpoint endpoint = Ranks.open(job);
                History history = History.none()) {
            System.out.println(exchange(options, job, endpoint, history));
        } catch (SoftpathException | Exchanger.Overdue e) {
            System.err.println("exchange: " + e.getMessage());
            System.exit(1);
        }
    }

    private static String exchange(Options options, Job job, Endpoint endpoint, History history) {
        long begin = System.nanoTime();
        Exchanger exchanger =
                new Exchanger(
                        endpoint,
                        job.rank() + 1,
                        history,
                        new SplittableRandom(options.seed() + job.rank()),
                        options.plant(),
                        options.patience(),
                        job.size() == 1 ? 0 : options.messages());
        List<String> ids = job.allGather(Long.toString(endpoint.id().value()));
        for (int rank = 0; rank < ids.size(); rank++) {
            if (rank != job.rank()) {
                exchanger.meet(rank, rank + 1, new EndpointId(Long.parseLong(ids.get(rank))));
            }
        }
        while (!exchanger.hasSentAll()) {
            exchanger.turn();
        }
        CompletableFuture<Void> all = CompletableFuture.runAsync(job::barrier);
        while (!all.isDone()) {
            exchanger.turn();
        }
        exchanger.close();
        return String.format(
                "rank %d: %d sent, %d acknowledged, %d failed, %d delivered, %d of them wrong, %.1f"
                        + " s",
                job.rank(),
                history.count(History.What.SENT),
                history.count(History.What.ACKED),
                history.count(History.What.FAILED),
                history.count(History.What.DELIVERED),
                history.wrong(),
                (System.nanoTime() - begin) / 1e9);
    }
}

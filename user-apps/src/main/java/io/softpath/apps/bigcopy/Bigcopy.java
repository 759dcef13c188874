package io.softpath.apps.bigcopy;

import io.softpath.apps.Ranks;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.job.Job;
import io.softpath.linux.CurrentProcess;
import io.softpath.psm.Endpoint;
import io.softpath.psm.engine.Peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Moves a file of any size from rank 0 to rank 1 in matched messages from and into pinned memory,
 * checks it, and says how often each byte was copied. {@code bigcopy --help} tells how to call it.
 */
public final class Bigcopy {
    private static final int FAILED = 1;
    private static final int REFUSED = 2;
    private static final int RANKS = 2;
    private static final int STDERR = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Job job;
    private final Options options;

    private Bigcopy(Job job, Options options) {
        this.job = job;
        this.options = options;
    }

    public static void main(String[] args) {
        int code;
        try (Job job = Job.fromEnvironment()) {
            code = run(job, args);
        } catch (SoftpathException | UncheckedIOException e) {
            System.err.println("bigcopy: " + e.getMessage());
            code = FAILED;
        } catch (IOException e) {
            System.err.println("bigcopy: " + e);
            code = FAILED;
        }
        System.exit(code);
    }

    private static int run(Job job, String[] args) throws IOException {
        boolean speaks = job.rank() == 0;
        String refusal = "";
        Options options = null;
        try {
            options = Options.parse(args);
            if (options == null) {
                if (speaks) {
                    System.out.print(Options.USAGE);
                }
                return 0;
            }
            if (job.size() != RANKS) {
                throw new Refusal(
                        "two ranks are needed, not "
                                + job.size()
                                + ": softpath run -n 2 bigcopy FROM TO");
            }
            if (job.rank() == 0) {
                Source.check(options);
            } else {
                Target.check(options);
            }
        } catch (Refusal e) {
            refusal = e.getMessage();
        }
        List<String> refusals =
                job.allGather(refusal).stream().filter(r -> !r.isEmpty()).distinct().toList();
        if (refusals.isEmpty()) {
            new Bigcopy(job, Objects.requireNonNull(options)).copy();
            return 0;
        }
        if (speaks) {
            refusals.forEach(sentence -> System.err.println("bigcopy: " + sentence));
        }
        job.barrier(); // the first rank that ends takes the others along
        return REFUSED;
    }

    private void copy() throws IOException {
        if (job.rank() == 0) {
            try (Source source = Source.open(options);
                    ProgressBar bar = bar(source);
                    Endpoint endpoint = Ranks.open(job);
                    Memory memory = Memory.pin(endpoint, options.memoryBytes())) {
                Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(bar::close));
                send(source, bar, endpoint, memory);
            }
        } else {
            try (Target target = Target.create(options);
                    Endpoint endpoint = Ranks.open(job);
                    Memory memory = Memory.pin(endpoint, options.memoryBytes())) {
                Runtime.getRuntime()
                        .addShutdownHook(Thread.ofPlatform().unstarted(() -> discard(target)));
                receive(target, endpoint, memory);
            }
        }
    }

    private ProgressBar bar(Source source) {
        return new ProgressBar(
                options.quiet() ? null : System.err,
                CurrentProcess.isTerminal(STDERR),
                source.bytes(),
                System.nanoTime());
    }

    private static void discard(Target target) {
        try {
            target.close();
        } catch (IOException e) {
            System.err.println("bigcopy: cannot remove what came of " + target + ": " + e);
        }
    }

    /** Pinned memory of both ranks, in bytes. */
    private record Room(long sender, long receiver, long wanted) {
        long each() {
            return Math.min(sender, receiver);
        }

        /** Something to say if the limit of locked memory was in the way. */
        String shortage() {
            return each() == wanted
                    ? ""
                    : "bigcopy: the limit of locked memory allows "
                            + sender / 1024
                            + " KiB to the sender and "
                            + receiver / 1024
                            + " KiB to the receiver instead of "
                            + wanted / 1024
                            + " KiB: messages of "
                            + Memory.slotBytes(each()) / 1024
                            + " KiB; more needs a higher ulimit -l";
        }
    }

    private Room meet(Memory memory) {
        List<Long> all =
                job.allGather(Long.toString(memory.bytes())).stream().map(Long::valueOf).toList();
        return new Room(all.get(0), all.get(1), memory.wantedBytes());
    }

    private Peer other(Endpoint endpoint) {
        return Ranks.connect(job, endpoint, PATIENCE).peer(1 - job.rank());
    }

    private void send(Source source, ProgressBar bar, Endpoint endpoint, Memory memory) {
        Room room = meet(memory);
        if (!room.shortage().isEmpty()) {
            System.err.println(room.shortage());
        }
        Peer other = other(endpoint);
        Station station = new Station(endpoint, other, options.timeoutNs());
        long startNs = System.nanoTime();
        SendingRank rank = new SendingRank(station, memory.slots(room.each()), bar);
        Checksum checksum = new Checksum(options.sha256());
        station.start("read " + source, () -> rank.read(source, checksum));
        station.run(rank);
        String summary = checksum.summary();
        job.allGather(summary);
        long tidUpdates = Long.parseLong(job.allGather("").get(1)); // the file has its name now
        double seconds = (System.nanoTime() - startNs) / 1e9;
        bar.close();
        if (source.bytes() >= 0 && source.bytes() != checksum.bytes()) {
            System.err.println(
                    "bigcopy: "
                            + source
                            + " changed while it was read: bytesAtFirst="
                            + source.bytes());
        }
        var counters = endpoint.counters();
        System.out.printf("%s on both sides; %.3f s", summary, seconds);
        if (checksum.bytes() > 0) {
            System.out.printf(
                    ", %s/s%n%s",
                    ProgressBar.human((long) (checksum.bytes() / seconds)),
                    Report.copies(
                            options,
                            Report.Way.of(other.isDirect(), tidUpdates, counters.gathers())));
        }
        System.out.println();
        System.out.println(
                new Report(rank.sent(), counters.packetsSent(), counters.wentBack(), tidUpdates)
                        .sentence());
        endpoint.close(PATIENCE);
    }

    private void receive(Target target, Endpoint endpoint, Memory memory) {
        Room room = meet(memory);
        Station station = new Station(endpoint, other(endpoint), options.timeoutNs());
        ReceivingRank rank = new ReceivingRank(station, memory.slots(room.each()));
        Checksum checksum = new Checksum(options.sha256());
        AtomicReference<List<String>> summaries = new AtomicReference<>();
        station.start(
                "write " + target,
                () -> {
                    rank.write(target, checksum);
                    // Until the sender is here too it may have to be told again how far we are.
                    summaries.set(job.allGather(checksum.summary()));
                    rank.release();
                });
        station.run(rank);
        List<String> both = summaries.get();
        if (!both.get(0).equals(both.get(1))) {
            throw SoftpathException.of(
                    Errno.EBADMSG,
                    "both sides have not the same: sender=\""
                            + both.get(0)
                            + "\" receiver=\""
                            + both.get(1)
                            + "\"");
        }
        try {
            target.commit(options.sync());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + target + ": " + e.getMessage(), e);
        }
        job.allGather(Long.toString(memory.tidUpdates()));
        endpoint.close(PATIENCE);
    }
}

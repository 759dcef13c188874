package io.softpath.apps.bigcopy;

import io.softpath.driver.Address;
import io.softpath.driver.Context;
import io.softpath.driver.ContextOptions;
import io.softpath.driver.Device;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.job.Job;
import io.softpath.linux.CurrentProcess;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Moves a file of any size from rank 0 to rank 1 by expected receive, checks it, and says how often
 * each byte was copied. {@code bigcopy --help} tells how to call it.
 */
public final class Bigcopy {
    private static final int FAILED = 1;
    private static final int REFUSED = 2;
    private static final int RANKS = 2;
    private static final int STDERR = 2;

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
                    Device device = Device.open();
                    Context context = device.openContext(contextOptions());
                    Memory memory = Memory.pin(context, options.memoryBytes())) {
                Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(bar::close));
                send(source, bar, context, memory);
            }
        } else {
            try (Target target = Target.create(options);
                    Device device = Device.open();
                    Context context = device.openContext(contextOptions());
                    Memory memory = Memory.pin(context, options.memoryBytes())) {
                Runtime.getRuntime()
                        .addShutdownHook(Thread.ofPlatform().unstarted(() -> discard(target)));
                receive(target, context, memory);
            }
        }
    }

    private ContextOptions contextOptions() {
        return ContextOptions.defaults().withGather(options.gather());
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

    /** What ranks tell each other before they start. */
    private record Hello(
            Address address, int slotBytes, int mostSlots, long memoryBytes, long wantedBytes) {
        static Hello of(Context context, Memory memory) {
            return new Hello(
                    context.address(),
                    memory.bestSlotBytes(),
                    memory.mostSlots(),
                    memory.bytes(),
                    memory.wantedBytes());
        }

        String text() {
            return address
                    + " "
                    + slotBytes
                    + " "
                    + mostSlots
                    + " "
                    + memoryBytes
                    + " "
                    + wantedBytes;
        }

        static Hello parse(String text) {
            String[] words = text.split(" ", -1);
            return new Hello(
                    Address.parse(words[0]),
                    Integer.parseInt(words[1]),
                    Integer.parseInt(words[2]),
                    Long.parseLong(words[3]),
                    Long.parseLong(words[4]));
        }
    }

    /** Both ranks', and the slots that suit both. */
    private record Meeting(Hello sender, Hello receiver) {
        int slotBytes() {
            return Math.min(sender.slotBytes(), receiver.slotBytes());
        }

        int slotCount() {
            long bytes = Math.min(sender.memoryBytes(), receiver.memoryBytes());
            int most = Math.min(sender.mostSlots(), receiver.mostSlots());
            return (int) Math.min(bytes / slotBytes(), most);
        }

        /** Something to say if the limit of locked memory was in the way. */
        String shortage() {
            boolean enough =
                    sender.memoryBytes() == sender.wantedBytes()
                            && receiver.memoryBytes() == receiver.wantedBytes();
            return enough
                    ? ""
                    : "bigcopy: the limit of locked memory allows "
                            + sender.memoryBytes() / 1024
                            + " KiB to the sender and "
                            + receiver.memoryBytes() / 1024
                            + " KiB to the receiver instead of "
                            + receiver.wantedBytes() / 1024
                            + " KiB: windows of "
                            + slotBytes() / 1024
                            + " KiB; more needs a higher ulimit -l";
        }
    }

    private Meeting meet(Context context, Memory memory) {
        List<String> all = job.allGather(Hello.of(context, memory).text());
        return new Meeting(Hello.parse(all.get(0)), Hello.parse(all.get(1)));
    }

    private void send(Source source, ProgressBar bar, Context context, Memory memory) {
        Meeting meeting = meet(context, memory);
        if (!meeting.shortage().isEmpty()) {
            System.err.println(meeting.shortage());
        }
        long startNs = System.nanoTime();
        Station station = new Station(context, meeting.receiver().address(), options.timeoutNs());
        SendingRank rank =
                new SendingRank(station, memory, meeting.slotBytes(), meeting.slotCount(), bar);
        Checksum checksum = new Checksum(options.sha256());
        station.start("read " + source, () -> rank.read(source, checksum));
        station.run(rank);
        String summary = checksum.summary();
        job.allGather(summary);
        Report report = Report.parse(job.allGather("").get(1)); // it has its name now
        double seconds = (System.nanoTime() - startNs) / 1e9;
        bar.close();
        if (source.bytes() >= 0 && source.bytes() != checksum.bytes()) {
            System.err.println(
                    "bigcopy: "
                            + source
                            + " changed while it was read: bytesAtFirst="
                            + source.bytes());
        }
        System.out.printf("%s on both sides; %.3f s", summary, seconds);
        if (checksum.bytes() > 0) {
            System.out.printf(
                    ", %s/s%n%s",
                    ProgressBar.human((long) (checksum.bytes() / seconds)),
                    Report.copies(options, context.expected().gathers()));
        }
        System.out.println();
        System.out.println(report.sentence());
    }

    private void receive(Target target, Context context, Memory memory) throws IOException {
        Meeting meeting = meet(context, memory);
        Station station = new Station(context, meeting.sender().address(), options.timeoutNs());
        ReceivingRank rank =
                new ReceivingRank(station, memory, meeting.slotBytes(), meeting.slotCount());
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
        job.allGather(rank.report().text());
    }
}

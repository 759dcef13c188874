package io.softpath.apps.heat;

import io.softpath.abi.psm.PsmError;
import io.softpath.apps.Ranks;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.job.Job;
import io.softpath.psm.Endpoint;
import io.softpath.psm.Group;
import io.softpath.psm.MatchedQueue;
import io.softpath.psm.Status;
import io.softpath.psm.engine.Request;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Heat spreads over a plate. Every rank has some rows of it, and in each step gives the outermost
 * of them to its neighbours; rank 0 gathers the plate at the end and makes a picture of it, which
 * is the same for every number of ranks. Usage: {@link Options#USAGE}.
 */
public final class Heat {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int COLUMNS = 72;

    // Tags: a step's number, and which way a row goes.
    private static final long DOWN = 0;
    private static final long UP = 1;

    private final Group group;
    private final MatchedQueue queue;
    private final int size;
    private final Slab slab;
    private final Status status = new Status();

    private Heat(Group group, int size) {
        this.group = group;
        this.size = size;
        queue = group.endpoint().queue();
        slab = new Slab(size, firstRow(group.rank()), rows(group.rank()));
    }

    public static void main(String[] args) {
        try (Job job = Job.fromEnvironment()) {
            if (Options.wantsHelp(args)) {
                if (job.rank() == 0) {
                    System.out.println(Options.USAGE);
                }
                return;
            }
            Options options;
            try {
                options = Options.parse(args, job.size());
            } catch (IllegalArgumentException e) {
                if (job.rank() == 0) {
                    System.err.println("heat: " + e.getMessage());
                }
                job.barrier(); // the first rank that ends takes the others along
                System.exit(2);
                return;
            }
            try (Endpoint endpoint = Ranks.open(job)) {
                Group group = Ranks.connect(job, endpoint, PATIENCE);
                Heat heat = new Heat(group, options.size());
                long start = System.nanoTime();
                for (long step = 0; step < options.steps(); step++) {
                    heat.step(step);
                }
                MemorySegment field = heat.gather(options.steps());
                if (group.rank() == 0) {
                    System.out.printf(
                            "%d x %d cells, %d steps, ranks: %d, %.2f s%n",
                            options.size(),
                            options.size(),
                            options.steps(),
                            group.size(),
                            (System.nanoTime() - start) / 1e9);
                    show(new Picture(options.size(), field), options);
                }
                endpoint.close(PATIENCE); // what was sent last may still have to be sent again
            }
        } catch (SoftpathException e) {
            System.err.println("heat: " + e.getMessage());
            System.exit(1);
        } catch (IOException e) {
            System.err.println("heat: cannot write the picture: " + e);
            System.exit(1);
        }
    }

    private int firstRow(int rank) {
        return size * rank / group.size();
    }

    private int rows(int rank) {
        return firstRow(rank + 1) - firstRow(rank);
    }

    /** The inner rows need nobody else's: they are computed while the outer ones are under way. */
    private void step(long step) {
        List<Request> requests = new ArrayList<>();
        int last = slab.rows();
        if (group.rank() > 0) {
            requests.add(queue.irecv(step << 1 | DOWN, slab.rows(0, 1)));
            requests.add(
                    queue.isend(group.peer(group.rank() - 1), step << 1 | UP, slab.rows(1, 1)));
        }
        if (group.rank() < group.size() - 1) {
            requests.add(queue.irecv(step << 1 | UP, slab.rows(last + 1, 1)));
            requests.add(
                    queue.isend(
                            group.peer(group.rank() + 1), step << 1 | DOWN, slab.rows(last, 1)));
        }
        slab.compute(2, last - 1);
        finish(requests);
        slab.compute(1, 1);
        slab.compute(last, last);
        slab.step();
    }

    /** The whole plate, on rank 0; the tags are the ranks', behind those of the steps. */
    private MemorySegment gather(long steps) {
        long tags = steps << 1;
        if (group.rank() > 0) {
            finish(List.of(queue.isend(group.peer(0), tags + group.rank(), own())));
            return MemorySegment.NULL;
        }
        MemorySegment field = MemorySegment.ofArray(new double[size * size]);
        List<Request> requests = new ArrayList<>();
        long rowBytes = (long) size * Double.BYTES;
        field.copyFrom(own());
        for (int rank = 1; rank < group.size(); rank++) {
            MemorySegment rows = field.asSlice(firstRow(rank) * rowBytes, rows(rank) * rowBytes);
            requests.add(queue.irecv(tags + rank, rows));
        }
        finish(requests);
        return field;
    }

    private MemorySegment own() {
        return slab.rows(1, slab.rows());
    }

    private void finish(List<Request> requests) {
        for (Request request : requests) {
            if (!queue.await(request, PATIENCE, status) || status.error() != PsmError.OK) {
                throw SoftpathException.of(
                        Errno.ENOTCONN, "a rank does not take part any more: " + status);
            }
        }
    }

    private static void show(Picture picture, Options options) throws IOException {
        byte[] png = picture.png();
        System.out.print(picture.text(Math.min(COLUMNS, options.size())));
        if (options.out() != null) {
            Files.write(options.out(), png);
            System.out.print(options.out() + ": ");
        }
        System.out.printf("PNG of %d bytes, SHA-256 %s%n", png.length, sha256(png));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}

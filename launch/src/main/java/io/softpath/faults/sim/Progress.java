package io.softpath.faults.sim;

import io.softpath.linux.CurrentProcess;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Says now and then how far it has come: on a terminal in one line, else in a few. */
final class Progress implements AutoCloseable {
    private static final int STDERR = 2;

    private final Seeds seeds;
    private final PrintWriter err;
    private final boolean terminal;
    private final long startNs = System.nanoTime();
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("progress").factory());

    Progress(Seeds seeds, PrintWriter err) {
        this.seeds = seeds;
        this.err = err;
        terminal = CurrentProcess.isTerminal(STDERR);
    }

    void start() {
        long seconds = terminal ? 1 : 10;
        var _ = clock.scheduleAtFixedRate(this::print, seconds, seconds, TimeUnit.SECONDS);
    }

    private void print() {
        double seconds = (System.nanoTime() - startNs) / 1e9;
        long done = seeds.done();
        err.print(
                String.format(
                        Locale.ROOT,
                        "%s%,d of %,d schedules, %.0f/s, %d broken%s",
                        terminal ? "\r" : "",
                        done,
                        seeds.count(),
                        done / seconds,
                        seeds.failures().size(),
                        terminal ? "  " : System.lineSeparator()));
        err.flush();
    }

    @Override
    public void close() {
        clock.close();
        if (terminal) {
            err.print("\r" + " ".repeat(79) + "\r");
            err.flush();
        }
    }
}

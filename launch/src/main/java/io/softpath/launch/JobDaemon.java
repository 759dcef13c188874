package io.softpath.launch;

import io.softpath.faults.plan.Plan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The daemon of a job, and those after it: a plan can have it started again, in the same directory,
 * when it has ended. The faults of the plan are for the first one.
 */
final class JobDaemon implements AutoCloseable {
    private final Path directory;
    private final List<String> options;
    private final long restartNs;
    private final Consumer<String> onEnd;
    private DaemonProcess current; // guarded by this
    private boolean closed; // guarded by this

    private JobDaemon(
            Path directory, List<String> options, long restartNs, Consumer<String> onEnd) {
        this.directory = directory;
        this.options = options;
        this.restartNs = restartNs;
        this.onEnd = onEnd;
    }

    /**
     * Starts it.
     *
     * @param onEnd told how it ended, if it is not started again; any thread
     */
    static JobDaemon start(
            Path directory, List<String> daemonOptions, Plan plan, Consumer<String> onEnd) {
        List<String> options = new ArrayList<>(daemonOptions);
        plan.link().ifPresent(link -> options.addAll(List.of("--link", link)));
        JobDaemon daemon = new JobDaemon(directory, options, plan.restartNs(), onEnd);
        daemon.start(DaemonProcess.environment(plan));
        return daemon;
    }

    private synchronized void start(Map<String, String> environment) {
        if (!closed) {
            DaemonProcess started = DaemonProcess.startPrivate(directory, options, environment);
            current = started;
            started.onExit(() -> ended(started));
        }
    }

    private void ended(DaemonProcess process) {
        if (isClosed()) {
            return;
        }
        if (restartNs == Plan.NEVER) {
            onEnd.accept(process.describeEnd());
            return;
        }
        try {
            TimeUnit.NANOSECONDS.sleep(restartNs);
            start(Map.of());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Trouble e) {
            onEnd.accept(e.getMessage());
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    /** The one that runs now, or ran last. */
    synchronized DaemonProcess process() {
        return current;
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        process().close();
    }
}

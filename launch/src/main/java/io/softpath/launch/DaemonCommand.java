package io.softpath.launch;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.softpath.error.SoftpathException;
import io.softpath.faults.plan.Plan;
import io.softpath.linux.PidFd;
import io.softpath.linux.Poll;
import io.softpath.linux.PollEvents;
import io.softpath.linux.SeqPacketSocket;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Starts or stops the daemon of a run directory. */
@Command(
        name = "daemon",
        description = "Start (or stop) a device daemon, in the background unless told otherwise.",
        footer = {
            "",
            "Options after -- go to the daemon as they are; softpath daemon -- --help lists",
            "them: quirks, the kernel of the page ledger, timeouts.",
            "",
            "Examples:",
            "  softpath daemon --units 2",
            "  softpath daemon --foreground --model IBA6120",
            "  softpath daemon -- --quirks mmap-era-mail --kernel-era 2.6.15",
            "  softpath daemon --stop"
        })
final class DaemonCommand implements Callable<Integer> {
    /** Options of the daemon that start none. */
    private static final Set<String> ASKING = Set.of("-h", "--help", "-V", "--version");

    private static final int SIGTERM = 15;
    private static final int SIGKILL = 9;
    private static final long STOP_NS = TimeUnit.SECONDS.toNanos(10);

    @Spec private CommandSpec spec;
    @Mixin private RunDirOption runDir;
    @Mixin private UnitOptions units;
    @Mixin private RecordOptions record;

    @Option(
            names = "--socket-mode",
            paramLabel = "MODE",
            description = "Who may open a unit, octal (default: 0660).")
    private String socketMode;

    @Option(
            names = "--faults",
            paramLabel = "PLAN",
            description =
                    "Have its faults of the daemon and the link happen to this one; those by time"
                            + " and those of ranks are for softpath run.")
    private Path faults;

    @Option(
            names = "--foreground",
            description = "Stay in the terminal and log there, until Ctrl-C.")
    private boolean foreground;

    @Option(
            names = "--until-eof",
            description = "With --foreground: stop when standard input ends.")
    private boolean untilEof;

    @Option(names = "--stop", description = "Stop the daemon of the run directory.")
    private boolean stop;

    @Parameters(paramLabel = "OPTION", description = "More options of the daemon itself.")
    private List<String> more = new ArrayList<>();

    @Override
    public Integer call() throws InterruptedException {
        RunDir dir = runDir.get();
        PrintWriter out = spec.commandLine().getOut();
        if (stop) {
            stop(dir, out);
            return ExitCode.OK;
        }
        List<String> options = units.daemonOptions();
        options.addAll(record.daemonOptions(dir));
        if (socketMode != null) {
            options.addAll(List.of("--socket-mode", socketMode));
        }
        Plan plan = FaultsOption.readForDaemon(faults);
        plan.link().ifPresent(link -> options.addAll(List.of("--link", link)));
        options.addAll(more);
        if (more.stream().anyMatch(ASKING::contains)) {
            return ask(out);
        }
        Map<String, String> environment = DaemonProcess.environment(plan);
        return foreground
                ? stay(dir, options, environment)
                : detach(dir, options, environment, out);
    }

    /** Passes on what the daemon says of itself; none is started. */
    private int ask(PrintWriter out) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(DaemonProcess.command(more))
                            .redirectErrorStream(true)
                            .start();
            process.getOutputStream().close();
            out.print(new String(process.getInputStream().readAllBytes(), UTF_8));
            out.flush();
            return process.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException("the daemon does not start", e);
        }
    }

    private static int detach(
            RunDir dir, List<String> options, Map<String, String> environment, PrintWriter out) {
        boolean created = createDirectory(dir.path());
        DaemonProcess daemon;
        try {
            daemon = DaemonProcess.startDetached(dir.path(), options, environment);
        } catch (Trouble e) {
            if (e.exitCode() != ExitCode.BUSY) {
                removeLog(dir, created); // what it says is in the message
            }
            throw e;
        }
        out.println(daemon.readyLine());
        out.println("log:  " + dir.log());
        out.println(
                "stop: softpath daemon --stop" + (isDefault(dir) ? "" : " --dir " + dir.path()));
        return ExitCode.OK;
    }

    private static boolean isDefault(RunDir dir) {
        return dir.equals(RunDir.of(null, System.getenv()));
    }

    private static void removeLog(RunDir dir, boolean created) {
        try {
            Files.deleteIfExists(dir.log());
            if (created) {
                Files.deleteIfExists(dir.path());
            }
        } catch (IOException e) {
            // Somebody else uses it.
        }
    }

    /** Makes the run directory; false if it was there. */
    private static boolean createDirectory(Path path) {
        if (Files.isDirectory(path)) {
            return false;
        }
        try {
            Files.createDirectories(path.getParent());
            Files.createDirectory(
                    path,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
            return true;
        } catch (IOException e) {
            throw new Trouble(
                    ExitCode.UNAVAILABLE,
                    "cannot make the run directory "
                            + path
                            + ": "
                            + Trouble.reason(e)
                            + "; name another with --dir or SOFTPATH_DIR",
                    e);
        }
    }

    private int stay(RunDir dir, List<String> options, Map<String, String> environment)
            throws InterruptedException {
        List<String> all = new ArrayList<>(List.of("--dir", dir.path().toString(), "--until-eof"));
        all.addAll(options);
        ProcessBuilder builder = new ProcessBuilder(DaemonProcess.command(all));
        builder.environment().putAll(environment);
        builder.redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        if (untilEof) {
            builder.redirectInput(ProcessBuilder.Redirect.INHERIT);
        }
        try {
            // Without --until-eof its input is a pipe from us: should we be killed, it ends as
            // well.
            Process process = builder.start();
            Signals.handle(number -> process.destroy(), "INT", "TERM", "HUP");
            return process.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException("the daemon does not start", e);
        }
    }

    private static void stop(RunDir dir, PrintWriter out) {
        SeqPacketSocket socket;
        try {
            socket = SeqPacketSocket.connect(dir.anyUnit());
        } catch (SoftpathException e) {
            throw new Trouble(ExitCode.UNAVAILABLE, "no daemon serves " + dir.path(), e);
        }
        // The kernel tells who listens; a number in a file could be anybody's by now.
        try (socket;
                PidFd daemon = socket.peerProcess()) {
            daemon.signal(SIGTERM);
            Poll end = Poll.of(daemon.fd()).events(0, PollEvents.IN);
            if (end.await(STOP_NS) == 0) {
                daemon.signal(SIGKILL);
                end.await(STOP_NS);
                out.println(
                        "killed the daemon (pid "
                                + daemon.pid()
                                + ") of "
                                + dir.path()
                                + ", it did not stop by itself");
            } else {
                out.println("stopped the daemon (pid " + daemon.pid() + ") of " + dir.path());
            }
        }
        try {
            Files.deleteIfExists(dir.log());
            try (Stream<Path> rest = Files.list(dir.path())) {
                if (rest.findAny().isPresent()) {
                    return;
                }
            }
            Files.deleteIfExists(dir.path());
        } catch (IOException e) {
            // Not ours to remove, or somebody was faster.
        }
    }
}

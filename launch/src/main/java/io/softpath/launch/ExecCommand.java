package io.softpath.launch;

import io.softpath.abi.control.UnitRecord;
import io.softpath.driver.Device;
import io.softpath.error.SoftpathException;
import io.softpath.linux.CurrentProcess;
import io.softpath.linux.PidFd;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Runs a program that was written for the real chip, under the preload library. */
@Command(
        name = "exec",
        description = "Run a program written for InfiniPath (PSM, MPI, libfabric), unmodified.",
        footer = {
            "",
            "Uses the daemon of the run directory if one runs there, else starts one for",
            "this command only. Everything that COMMAND starts finds the chip. Each process",
            "takes the unit with the fewest contexts in use, unless IPATH_UNIT says which.",
            "libpsm takes processes with one LID for ranks of one host, which have shared",
            "memory for each other: so each has a unit of its own, as if it ran on a host of",
            "its own, unless --per-unit says how many have one together.",
            "",
            "What is set, in the environment of COMMAND:",
            "  LD_PRELOAD           libsoftpath-preload.so, before what is there",
            "  SOFTPATH_DIR         the run directory",
            "  SOFTPATH_SHM         where libpsm's files of shared memory go; gone at the end",
            "  PSM_DEVICES          self,ipath: all goes through the chip. With --per-unit",
            "                       self,shm,ipath. Unless set",
            "  PSM_SHAREDCONTEXTS   0: a context for each. With --per-unit 1: shared if there",
            "                       are too few, or PSM_RANKS_PER_CONTEXT says so. Unless set",
            "  IPATH_NO_BACKTRACE   1: no files of libinfinipath's. Unless set",
            "",
            "Signals are passed on, and the exit code is COMMAND's. If softpath itself or",
            "the daemon is killed, COMMAND gets SIGTERM.",
            "",
            "Examples:",
            "  softpath exec -- ./my-psm-program",
            "  softpath exec -n 2 -- mpirun --mca pml cm --mca mtl psm -np 2 ./hello",
            "  softpath exec -- fi_info -p psm"
        })
final class ExecCommand implements Callable<Integer> {
    private static final int SIGINT = 2;
    private static final int SIGTERM = 15;

    /** Of util-linux, which no Debian is without: ends the command if we are killed. */
    private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

    @Spec private CommandSpec spec;

    @Option(
            names = {"-n", "--processes"},
            paramLabel = "N",
            description =
                    "How many processes use the chip at a time; a new daemon has as many units,"
                            + " unless --units says otherwise (default: 2).")
    private Integer processes;

    @Option(
            names = "--per-unit",
            paramLabel = "K",
            description = "How many of them have a unit together (default: ${DEFAULT-VALUE}).")
    private int perUnit = 1;

    @Mixin private RunDirOption runDir;
    @Mixin private UnitOptions units;

    @Option(
            names = "--private",
            description = "Start a daemon for this command even if one runs already.")
    private boolean ownDaemon;

    @Parameters(arity = "1..*", paramLabel = "COMMAND", description = "What to run, and how.")
    private List<String> command = new ArrayList<>();

    @Override
    public Integer call() throws InterruptedException {
        if (processes != null && processes < 1) {
            throw new Trouble(ExitCode.USAGE, "-n " + processes + ": at least one is needed");
        }
        if (perUnit < 1) {
            throw new Trouble(ExitCode.USAGE, "--per-unit " + perUnit + ": at least one is needed");
        }
        Path library = library(JvmFlags.preloadLibrary());
        checkCommand(command.getFirst(), System.getenv().getOrDefault("PATH", ""));
        RunDir shared = runDir.get();
        if (!ownDaemon && !units.given() && shared.daemon().isPresent()) {
            if (processes != null) {
                checkRoom(shared);
            }
            try (PrivateDir memory = memoryDir();
                    DaemonWatch watch = new DaemonWatch(shared)) {
                return run(shared.path(), library, memory.path(), watch::onEnd, watch::describeEnd);
            }
        }
        // If we are killed, the daemon takes the directory away.
        try (PrivateDir directory = memoryDir();
                DaemonProcess daemon =
                        DaemonProcess.startPrivate(
                                directory.path(),
                                units.daemonOptions(
                                        unitsNeeded(processes == null ? 2 : processes)))) {
            return run(
                    directory.path(),
                    library,
                    directory.path(),
                    daemon::onExit,
                    daemon::describeEnd);
        }
    }

    /** A directory in memory, where there is one: libpsm has files in it that it maps. */
    private static PrivateDir memoryDir() {
        return Files.isWritable(PrivateDir.SHARED_MEMORY)
                ? PrivateDir.create(PrivateDir.SHARED_MEMORY)
                : PrivateDir.create();
    }

    /**
     * The library, if it can be used.
     *
     * @throws Trouble with the way out
     */
    static Path library(Path library) {
        if (!Files.isReadable(library)) {
            throw Trouble.unavailable(
                    library
                            + " is not there: there was no C compiler when softpath was built;"
                            + " apt-get install gcc libc6-dev, then softpath build");
        }
        if (library.toString().matches("(?s).*[ :].*")) {
            throw Trouble.unavailable(
                    "LD_PRELOAD cannot name "
                            + library
                            + ", because of the space or colon; move softpath to another path");
        }
        return library;
    }

    /** One sentence now is better than what a loader or an MPI would say. */
    static void checkCommand(String name, String path) {
        if (name.contains("/")) {
            if (!Files.exists(Path.of(name))) {
                throw Trouble.unavailable("no such command: " + name);
            }
            if (Files.isDirectory(Path.of(name)) || !Files.isExecutable(Path.of(name))) {
                throw Trouble.unavailable("may not be executed: " + name);
            }
            return;
        }
        for (String directory : path.split(":", -1)) {
            Path file = Path.of(directory, name);
            if (Files.isExecutable(file) && !Files.isDirectory(file)) {
                return;
            }
        }
        throw Trouble.unavailable("no such command: " + name + " is not on PATH");
    }

    private int unitsNeeded(int running) {
        return (running + perUnit - 1) / perUnit;
    }

    /** A unit in use would be shared with somebody else's process, which libpsm refuses. */
    private void checkRoom(RunDir shared) {
        int all = 0;
        int idle = 0;
        try (Device device = ViewCommand.open(shared)) {
            for (UnitRecord unit : device.inspect().units()) {
                all++;
                idle += unit.freeContexts() == unit.userContexts() ? 1 : 0;
            }
        }
        if (unitsNeeded(processes) > idle) {
            throw new Trouble(
                    ExitCode.FAILED,
                    String.format(
                            "-n %d --per-unit %d: %d units are needed, the daemon of %s has %d, %d"
                                    + " of them not in use; wait, or take a daemon of your own:"
                                    + " --private",
                            processes, perUnit, unitsNeeded(processes), shared.path(), all, idle));
        }
    }

    /**
     * Changes an environment into the one that the command gets.
     *
     * @param directory the run directory
     * @param sharedUnits whether processes may meet others with their own LID
     */
    static void prepare(
            Map<String, String> environment, Path directory, Path library, boolean sharedUnits) {
        String others = environment.getOrDefault("LD_PRELOAD", "");
        environment.put(
                "LD_PRELOAD", others.isBlank() ? library.toString() : library + ":" + others);
        environment.put(RunDir.VARIABLE, directory.toString());
        environment.putIfAbsent("PSM_DEVICES", sharedUnits ? "self,shm,ipath" : "self,ipath");
        // Without it libpsm does not ask how many ranks there are, and its memory has room for
        // as many as there are cores.
        environment.putIfAbsent("PSM_SHAREDCONTEXTS", sharedUnits ? "1" : "0");
        environment.putIfAbsent("IPATH_NO_BACKTRACE", "1");
    }

    /**
     * Call from a thread that outlives the command: it gets its SIGTERM with the thread's end, or
     * with the daemon's.
     *
     * @param memory where libpsm's files of shared memory go
     * @param daemonEnds takes what is to be done when the daemon is gone
     * @param reason says how it went
     */
    private int run(
            Path directory,
            Path library,
            Path memory,
            Consumer<Runnable> daemonEnds,
            Supplier<String> reason)
            throws InterruptedException {
        List<String> line = new ArrayList<>();
        if (Files.isExecutable(SETPRIV)) {
            line.addAll(List.of(SETPRIV.toString(), "--pdeathsig", "TERM", "--"));
        }
        line.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(line).inheritIO();
        prepare(builder.environment(), directory, library, perUnit > 1);
        builder.environment().put("SOFTPATH_SHM", memory.toString());
        // From here on, a signal is the command's; one that comes before it waits for it.
        CompletableFuture<Process> started = new CompletableFuture<>();
        boolean terminal = CurrentProcess.isTerminal(0);
        Signals.handle(
                number -> {
                    // Ctrl-C reaches the command without us; to mpirun, two of them mean more.
                    if (number != SIGINT || !terminal) {
                        var _ = started.thenAccept(it -> send(it, number));
                    }
                },
                "INT",
                "TERM",
                "HUP");
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new Trouble(
                    ExitCode.UNAVAILABLE,
                    command.getFirst() + " does not start: " + Trouble.reason(e),
                    e);
        }
        started.complete(process);
        AtomicReference<String> lost = new AtomicReference<>();
        daemonEnds.accept(() -> {
            if (process.isAlive()) {
                lost.set(reason.get());
                send(process, SIGTERM);
            }
        });
        int code = process.waitFor();
        String end = lost.get();
        if (end != null) {
            spec.commandLine().getErr().println("softpath exec: " + end);
            return code == ExitCode.OK ? ExitCode.FAILED : code;
        }
        return code;
    }

    private static void send(Process process, int signal) {
        if (process.isAlive()) {
            try (PidFd file = PidFd.open((int) process.pid())) {
                file.signal(signal);
            } catch (SoftpathException e) {
                // It has just ended.
            }
        }
    }
}

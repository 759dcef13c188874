package io.softpath.daemon;

import io.softpath.abi.model.ChipModel;
import io.softpath.daemon.control.DriverOptions;
import io.softpath.daemon.control.Quirk;
import io.softpath.daemon.link.LinkTrouble;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.flight.FlightOptions;
import io.softpath.ledger.Era;
import io.softpath.linux.CurrentProcess;
import io.softpath.linux.DirectoryTree;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The daemon as a program. Prints one line on standard output when it is ready; logs to standard
 * error. Stops on SIGTERM, SIGINT or, if asked, at the end of standard input, and takes away what
 * it made.
 */
@Command(
        name = "softpath daemon",
        description =
                "Runs the device daemon: InfiniPath chips and the kernel half of their driver.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:stopped as asked",
            "1:could not start or failed, see the message",
            "2:wrong options",
            "3:another daemon has the run directory"
        })
public final class Main implements Callable<Integer> {
    /** Another daemon has the run directory. */
    public static final int EXIT_BUSY = 3;

    private static final Logger LOG = LoggerFactory.getLogger(Main.class);
    private static final long STOP_DEADLINE_SECONDS = 10;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description =
                    "run directory (default: $SOFTPATH_DIR, else $XDG_RUNTIME_DIR/softpath, else"
                            + " /tmp/softpath-<uid>)")
    private Path directory;

    @Option(
            names = "--units",
            paramLabel = "N",
            defaultValue = "1",
            description = "units, each with its own LID (default: ${DEFAULT-VALUE})")
    private int units;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            defaultValue = "IBA7220",
            description = "chip model: IBA6120, IBA7220 or IBA7322 (default: ${DEFAULT-VALUE})")
    private String model;

    @Option(
            names = "--contexts",
            paramLabel = "N",
            description = "user contexts of each unit (default: as many as the model has)")
    private Integer contexts;

    @Option(
            names = "--set",
            paramLabel = "NAME=NUMBER",
            description =
                    "have this of the model otherwise; may be repeated: pio-buffers,"
                            + " eager-buffers, eager-buffer-bytes, header-entries, tids")
    private Map<String, String> settings = Map.of();

    @Option(
            names = "--socket-mode",
            paramLabel = "MODE",
            defaultValue = "0660",
            description = "who may open a unit, octal (default: ${DEFAULT-VALUE})")
    private String socketMode;

    @Option(
            names = "--max-open-files",
            paramLabel = "N",
            defaultValue = "" + DaemonConfig.MAX_OPEN_FILES,
            description = "connections at a time (default: ${DEFAULT-VALUE})")
    private int maxOpenFiles;

    @Option(
            names = "--avail-threshold",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "freed PIO buffers per refresh of the avail page (default: as the driver of the"
                            + " model sets it)")
    private int availThreshold;

    @Option(
            names = "--link-wait-ms",
            paramLabel = "MS",
            defaultValue = "" + DriverOptions.LINK_WAIT_MS,
            description =
                    "how long an acknowledged disarm waits for a lost link (default:"
                            + " ${DEFAULT-VALUE})")
    private long linkWaitMs;

    @Option(
            names = "--tid-window-ms",
            paramLabel = "MS",
            defaultValue = "" + DriverOptions.TID_WINDOW_MS,
            description =
                    "with the quirk tids-outlive-pins: how long the chip keeps a freed TID"
                            + " (default: ${DEFAULT-VALUE})")
    private long tidWindowMs;

    @Option(
            names = "--quirks",
            paramLabel = "A,B",
            split = ",",
            description =
                    "oddities of the real driver to bring back: enetdown-when-all-busy,"
                            + " events-first-context-only, poll-rewinds-head, event-page-writable,"
                            + " mmap-era-mail, mmap-era-remap, memlock-per-call,"
                            + " tids-outlive-pins")
    private Set<String> quirks = Set.of();

    @Option(
            names = "--kernel-era",
            paramLabel = "KERNEL",
            defaultValue = "2.6.16",
            description =
                    "by whose rules softpath pages counts: 2.6.14, 2.6.14+hugetlb, 2.6.15-rc1,"
                            + " 2.6.15 or 2.6.16 and later (default: ${DEFAULT-VALUE})")
    private String kernelEra;

    @Option(
            names = "--link",
            paramLabel = "TROUBLE",
            description =
                    "what goes wrong between the chips: drop=5%%,dup=1%%,reorder=2%%,corrupt=0.1%%,"
                            + "delay=50us,seed=7, any of them (default: nothing)")
    private String link;

    @Option(
            names = "--record",
            paramLabel = "WHAT",
            arity = "0..1",
            fallbackValue = "headers",
            description =
                    "record what happens: headers, payload too, strict (wait rather than drop), or"
                            + " strict,payload (default when given: ${FALLBACK-VALUE})")
    private String record;

    @Option(
            names = "--record-dir",
            paramLabel = "DIR",
            description = "where the journal goes (default: flight in the run directory)")
    private Path recordDirectory;

    @Option(
            names = "--record-limit",
            paramLabel = "SIZE",
            description = "how much disk the journal may use, say 64M (default: 8M)")
    private String recordLimit;

    @Option(names = "--until-eof", description = "stop when standard input ends")
    private boolean untilEof;

    @Option(
            names = "--remove-dir",
            description =
                    "with --until-eof: then remove the run directory with all that is in it (a"
                            + " launcher's own)")
    private boolean removeDirectory;

    @Option(
            names = "--foreground",
            description = "accepted for clarity: this program always stays in the foreground")
    @SuppressWarnings("unused") // only so that it is accepted
    private boolean foreground;

    private volatile boolean inputEnded;

    private Main() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setExecutionExceptionHandler((e, line, parsed) -> report(e));
    }

    private static int report(Exception e) {
        System.err.println("softpath daemon: " + e.getMessage());
        if (!(e instanceof SoftpathException) && !(e instanceof IllegalArgumentException)) {
            LOG.error("cannot start", e);
        }
        if (e instanceof IllegalArgumentException) {
            return CommandLine.ExitCode.USAGE;
        }
        return e instanceof SoftpathException s && s.errno().equals(Errno.EBUSY)
                ? EXIT_BUSY
                : CommandLine.ExitCode.SOFTWARE;
    }

    @Override
    public Integer call() throws IOException {
        DaemonConfig config = config();
        serve(config);
        if (removeDirectory && inputEnded) {
            DirectoryTree.remove(config.directory());
        }
        return CommandLine.ExitCode.OK;
    }

    private void serve(DaemonConfig config) {
        CurrentProcess.makeUndumpable();
        CountDownLatch finished = new CountDownLatch(1);
        try (Daemon daemon = Daemon.start(config)) {
            Thread hook =
                    Thread.ofPlatform()
                            .name("softpath-stop")
                            .unstarted(() -> stopAndExit(daemon, finished));
            Runtime.getRuntime().addShutdownHook(hook);
            if (untilEof) {
                Thread.ofPlatform()
                        .name("softpath-stdin")
                        .daemon()
                        .start(() -> stopAtEndOfInput(daemon));
            }
            System.out.println(readyLine(daemon));
            System.out.flush();
            daemon.run();
        } finally {
            finished.countDown();
        }
    }

    private static String readyLine(Daemon daemon) {
        return "softpath daemon ready: dir="
                + daemon.directory().path()
                + " units="
                + daemon.config().units()
                + " model="
                + daemon.config().model().name()
                + " pid="
                + CurrentProcess.pid();
    }

    /**
     * Runs when the JVM is told to end. A stop that was asked for and done is no failure, so the
     * exit code is 0.
     */
    private static void stopAndExit(Daemon daemon, CountDownLatch finished) {
        if (finished.getCount() == 0) {
            return;
        }
        daemon.stop();
        try {
            if (finished.await(STOP_DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(CommandLine.ExitCode.OK);
            }
            LOG.error("did not stop within {} s", STOP_DEADLINE_SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void stopAtEndOfInput(Daemon daemon) {
        try {
            while (System.in.read() >= 0) {
                // Whatever is typed means nothing.
            }
        } catch (IOException e) {
            LOG.debug("standard input failed, stopping", e);
        }
        inputEnded = true;
        daemon.stop();
    }

    private DaemonConfig config() {
        ChipModel chosen = ChipModel.named(model);
        if (contexts != null) {
            int most = chosen.family().maxContexts() - chosen.firstUserContext();
            if (contexts < 1 || contexts > most) {
                throw new IllegalArgumentException(
                        "contexts="
                                + contexts
                                + " is out of range, "
                                + chosen.name()
                                + " has 1.."
                                + most);
            }
            chosen = chosen.toBuilder().contexts(chosen.firstUserContext() + contexts).build();
        }
        chosen = ModelSetting.apply(chosen, settings);
        Set<Quirk> chosenQuirks = EnumSet.noneOf(Quirk.class);
        quirks.forEach(name -> chosenQuirks.addAll(Quirk.parse(name)));
        Path path =
                directory != null
                        ? directory
                        : RunDirectory.defaultPath(System.getenv(), CurrentProcess.uid());
        return new DaemonConfig(
                path,
                units,
                chosen,
                permissions(socketMode),
                maxOpenFiles,
                new DriverOptions(
                        availThreshold,
                        linkWaitMs,
                        tidWindowMs,
                        chosenQuirks,
                        Era.named(kernelEra)),
                link == null ? LinkTrouble.NONE : LinkTrouble.parse(link),
                flight(path));
    }

    private FlightOptions flight(Path runDirectory) {
        if (record == null) {
            return null;
        }
        Path place = recordDirectory != null ? recordDirectory : runDirectory.resolve("flight");
        return FlightOptions.parse(place, record, recordLimit);
    }

    static Set<PosixFilePermission> permissions(String octal) {
        int mode;
        try {
            mode = Integer.parseInt(octal, 8);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "socket-mode=" + octal + " is not octal, for example 0660", e);
        }
        if (mode < 0 || mode > 0777) {
            throw new IllegalArgumentException(
                    "socket-mode=" + octal + " is out of range, choose 0..0777");
        }
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] fromOwnerRead = PosixFilePermission.values();
        for (int i = 0; i < fromOwnerRead.length; i++) {
            if ((mode & 0400 >> i) != 0) {
                permissions.add(fromOwnerRead[i]);
            }
        }
        return permissions;
    }
}

package io.softpath.launch;

import io.softpath.abi.control.UnitRecord;
import io.softpath.driver.Device;
import io.softpath.faults.plan.Plan;
import io.softpath.flight.FlightOptions;
import io.softpath.psm.PsmDevices;
import io.softpath.psm.PsmVariable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Starts the ranks of a job, like mpirun. */
@Command(
        name = "run",
        description = "Run a program as N processes on the device, like mpirun.",
        footer = {
            "",
            "Uses the daemon of the run directory if one runs there, else starts one for",
            "this job only. Each rank finds its place in SOFTPATH_RANK, SOFTPATH_SIZE,",
            "SOFTPATH_JOB and SOFTPATH_DIR. Signals are passed on. When a rank fails the",
            "others are ended (unless --keep-going); its exit code is returned.",
            "",
            "Examples:",
            "  softpath run -n 2 pingpong",
            "  softpath run -n 2 bigcopy FROM TO",
            "  softpath run -n 4 heat --out heat.png",
            "  softpath run -n 4 --label Chat.java hello everybody",
            "  softpath run -n 3 --keep-going --faults kills.yaml chat",
            "  softpath run -n 2 --class-path build/classes -J-Xmx256m org.example.Main"
        })
final class RunCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(
            names = {"-n", "--ranks"},
            paramLabel = "N",
            defaultValue = "1",
            description = "How many processes (default: ${DEFAULT-VALUE}).")
    private int ranks;

    @Option(
            names = {"-l", "--label"},
            description = "Put the rank before each line of output.")
    private boolean label;

    @Option(
            names = {"-c", "--class-path"},
            paramLabel = "PATH",
            defaultValue = "",
            description = "Where the program's classes are; softpath's own are always there.")
    private String classPath;

    @Option(
            names = "-J",
            paramLabel = "FLAG",
            description = "Pass FLAG to each rank's JVM, for example -J-Xmx256m. Repeatable.")
    private List<String> jvmOptions = new ArrayList<>();

    @Mixin private RunDirOption runDir;
    @Mixin private UnitOptions units;
    @Mixin private RecordOptions record;

    @Option(
            names = "--private",
            description = "Start a daemon for this job even if one runs already.")
    private boolean ownDaemon;

    @Option(
            names = {"-k", "--keep-going"},
            description = "Let the others go on when a rank fails.")
    private boolean keepGoing;

    @Option(
            names = "--faults",
            paramLabel = "PLAN",
            description =
                    "Have these faults happen to the job (docs/fault-injection.md); faults of the"
                            + " daemon or its link mean a daemon of its own.")
    private Path faults;

    @Option(
            names = "--help-env",
            description = "List the variables that programs with matched queues honour, and end.")
    private boolean helpEnvironment;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "PROGRAM",
            description =
                    "A class, a .jar, a .java file, or one of: hello, pingpong, chat, bigcopy,"
                            + " ring, allreduce, heat, exchange.")
    private String program;

    @Parameters(index = "1..*", paramLabel = "ARG", description = "Arguments of the program.")
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws InterruptedException {
        if (helpEnvironment) {
            return listVariables();
        }
        if (program == null) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "Missing required parameter: 'PROGRAM'");
        }
        if (ranks < 1) {
            throw new Trouble(ExitCode.USAGE, "-n " + ranks + ": at least one rank is needed");
        }
        RankGroup.Show show = label ? RankGroup.Show.LABELLED : RankGroup.Show.PLAIN;
        Plan plan = FaultsOption.read(faults);
        FaultsOption.checkRanks(plan, ranks);
        RunDir shared = runDir.get();
        boolean useShared =
                !ownDaemon
                        && !units.given()
                        && !plan.concernsDaemon()
                        && shared.daemon().isPresent();
        if (useShared) {
            checkRoom(shared);
        } else {
            units.checkRoom(ranks);
        }
        RankGroup.Outcome outcome;
        try (JobRunner job =
                useShared
                        ? JobRunner.on(shared, ranks, show)
                        : JobRunner.onPrivateDaemon(daemonOptions(shared), ranks, show, plan)) {
            Path scratch = job.directory();
            Program found = Program.of(program, classPath, scratch, spec.commandLine().getErr());
            List<String> command =
                    JvmFlags.user(jvmOptions, found.classPath(), RankMain.class.getName());
            command.add(found.mainClass());
            command.addAll(arguments);
            if (keepGoing) {
                job.keepGoing();
            }
            Map<String, String> environment = new HashMap<>(units.rankEnvironment());
            environment.putAll(FaultsOption.rankEnvironment(plan));
            environment.putAll(record.rankEnvironment(shared));
            outcome = job.run(command, useShared ? 0 : units.count(), environment, plan);
        }
        if (outcome.exitCode() != ExitCode.OK) {
            spec.commandLine().getErr().println("softpath run: " + outcome.reason());
        }
        return outcome.exitCode();
    }

    private List<String> daemonOptions(RunDir shared) {
        List<String> options = units.daemonOptions();
        options.addAll(record.daemonOptions(shared));
        return options;
    }

    /** One sentence now is better than one of each rank later. */
    private void checkRoom(RunDir shared) {
        int all = 0;
        int free = 0;
        try (Device device = ViewCommand.open(shared)) {
            for (UnitRecord unit : device.inspect().units()) {
                all += unit.userContexts();
                free += unit.freeContexts();
            }
        }
        if (ranks > free) {
            throw new Trouble(
                    ExitCode.FAILED,
                    String.format(
                            "-n %d: each rank takes a user context, the daemon of %s has %d of %d"
                                    + " free; wait, or take a daemon of your own: --private%s",
                            ranks, shared.path(), free, all, ranks > all ? " --units N" : ""));
        }
    }

    private int listVariables() {
        Table table = new Table("VARIABLE", ">DEFAULT", "BOUNDS", "WHAT");
        for (PsmVariable each : PsmVariable.values()) {
            table.row(each.variable(), each.otherwise(), each.bounds(), each.purpose());
        }
        table.row(PsmDevices.VARIABLE, PsmDevices.all(), "-", PsmDevices.PURPOSE);
        table.row("SOFTPATH_DIR", "-", "-", "the run directory of the daemon");
        table.row("SOFTPATH_UNIT", "-", "-", "the unit to open; else any");
        table.row(
                FlightOptions.RECORD,
                "-",
                "headers, payload, strict",
                "record what the process does; see softpath journal");
        table.row(FlightOptions.RECORD_DIR, "-", "-", "where its journal goes");
        table.row(FlightOptions.RECORD_LIMIT, "8M", "-", "how much disk its journal may use");
        table.print(spec.commandLine().getOut(), CommandLine.Help.Ansi.OFF);
        return ExitCode.OK;
    }
}

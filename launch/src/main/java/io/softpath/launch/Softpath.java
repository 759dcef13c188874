package io.softpath.launch;

import io.softpath.error.SoftpathException;
import io.softpath.faults.FaultsCommand;
import io.softpath.journal.JournalCommand;
import io.softpath.linux.CurrentProcess;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

import java.io.PrintWriter;

/** The command line: {@code softpath COMMAND}. */
@Command(
        name = "softpath",
        description = {
            "A kernel-bypass network card of 2006, the PathScale InfiniPath, as software.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Softpath.Version.class,
        scope = CommandLine.ScopeType.LOCAL,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "Commands:%n",
        subcommands = {
            HelloCommand.class,
            RunCommand.class,
            ExecCommand.class,
            DaemonCommand.class,
            MapsCommand.class,
            PagesCommand.class,
            PinsCommand.class,
            RegsCommand.class,
            StatCommand.class,
            ErrorsCommand.class,
            LinkCommand.class,
            FaultsCommand.class,
            DoctorCommand.class,
            ReportCommand.class,
            JournalCommand.class,
            CleanCommand.class,
            ScriptCommands.Bench.class,
            ScriptCommands.Test.class,
            ScriptCommands.Build.class,
            ScriptCommands.Format.class,
            CompletionCommand.class,
            HelpCommand.class
        },
        exitCodeListHeading =
                "%nExit codes (run, exec and daemon --foreground return their program's):%n",
        exitCodeList = {
            "0:it worked and everything held",
            "1:something that was asked for failed or did not hold",
            "2:wrong arguments",
            "3:another daemon has the run directory",
            "69:something needed is missing: a daemon, a file, a JDK",
            "70:a defect of softpath",
            "128+N:ended by signal N"
        })
final class Softpath implements Runnable {
    private static final OptionSpec HELP =
            OptionSpec.builder("-h", "--help")
                    .usageHelp(true)
                    .description("Show this help and exit.")
                    .build();

    @Spec private CommandSpec spec;

    private Softpath() {}

    public static void main(String[] args) {
        System.exit(
                commandLine(Terminal.ansi(System.getenv(), CurrentProcess.isTerminal(1)))
                        .execute(args));
    }

    /** The whole command line. */
    static CommandLine commandLine(Ansi ansi) {
        CommandLine line = new CommandLine(new Softpath());
        line.setColorScheme(Help.defaultColorScheme(ansi));
        line.setExecutionExceptionHandler((e, command, parsed) -> explain(e, command.getErr()));
        line.setParameterExceptionHandler((e, args) -> explainUsage(e));
        line.setUsageHelpAutoWidth(true);
        for (CommandLine sub : line.getSubcommands().values()) {
            addHelp(sub);
        }
        // What follows the program's name belongs to the program.
        line.getSubcommands().get("run").setStopAtPositional(true);
        line.getSubcommands().get("exec").setStopAtPositional(true);
        return line;
    }

    private static void addHelp(CommandLine line) {
        CommandSpec command = line.getCommandSpec();
        command.usageMessage().sortOptions(false);
        if (!(command.userObject() instanceof HelpCommand)) {
            command.addOption(HELP);
        }
        line.getSubcommands().values().forEach(Softpath::addHelp);
    }

    /** One line that says what is wrong, one where to read on. */
    private static int explainUsage(ParameterException e) {
        CommandLine command = e.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        PrintWriter err = command.getErr();
        err.println(name + ": " + e.getMessage());
        UnmatchedArgumentException.printSuggestions(e, err);
        err.println("Try: " + name + " --help");
        return ExitCode.USAGE;
    }

    private static int explain(Exception e, PrintWriter err) {
        switch (e) {
            case Trouble trouble -> {
                err.println("softpath: " + trouble.getMessage());
                return trouble.exitCode();
            }
            case SoftpathException refused -> {
                err.println(
                        "softpath: " + refused.getMessage() + " (" + refused.errno().name() + ")");
                return refused instanceof SoftpathException.Lost
                        ? ExitCode.UNAVAILABLE
                        : ExitCode.FAILED;
            }
            default -> {
                err.println("softpath: this should not have happened:");
                e.printStackTrace(err);
                return ExitCode.SOFTWARE;
            }
        }
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "say what to do, for example: softpath doctor");
    }

    /** The version the jar was built as. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Softpath.class.getPackage().getImplementationVersion();
            return new String[] {
                "softpath " + (version == null ? "(not from a jar)" : version),
                "JDK " + Runtime.version() + " at " + System.getProperty("java.home")
            };
        }
    }
}

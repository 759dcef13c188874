package io.softpath.launch;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;

/** The command line: {@code softpath COMMAND}. */
@Command(
        name = "softpath",
        description =
                "A kernel-bypass network card of 2006, the PathScale InfiniPath, as software.",
        mixinStandardHelpOptions = true,
        versionProvider = Softpath.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {AutoComplete.GenerateCompletion.class, HelpCommand.class})
final class Softpath {
    private Softpath() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Softpath()).execute(args));
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

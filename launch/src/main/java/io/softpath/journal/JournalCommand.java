package io.softpath.journal;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows what flight recorders wrote. */
@Command(
        name = "journal",
        description = {
            "Show what was recorded with --record, of living and of killed processes.",
            ""
        },
        subcommands = {
            DumpCommand.class,
            TailCommand.class,
            GrepCommand.class,
            StatsCommand.class,
            StoryCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "Commands:%n",
        footer = {
            "",
            "Examples:",
            "  softpath run -n 2 --record pingpong && softpath journal stats",
            "  softpath journal dump --kind wire,entry --json",
            "  softpath journal story 1.1-1.2:17"
        })
public final class JournalCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "say what to do, for example: softpath journal stats");
    }
}

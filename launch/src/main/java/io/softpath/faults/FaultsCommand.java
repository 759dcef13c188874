package io.softpath.faults;

import io.softpath.faults.campaign.CampaignCommand;
import io.softpath.faults.fuzz.FuzzCommand;
import io.softpath.faults.sim.SimCommand;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What has to do with faults; each part is a command of its own. */
@Command(
        name = "faults",
        description = "Make processes, chips and links fail, and show that nothing is lost.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        subcommands = {
            CampaignCommand.class,
            SimCommand.class,
            FuzzCommand.class,
            PointsCommand.class,
            PlanCommand.class
        })
public final class FaultsCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "say what to do, for example: softpath faults run");
    }
}

package io.softpath.launch;

import io.softpath.abi.control.ControlRecord;
import io.softpath.driver.Device;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.util.concurrent.Callable;

/** Pulls the cable, or stops the chip, to see what programs make of it. */
@Command(
        name = "link",
        description =
                "Take a unit's link down or up, or freeze or thaw the unit (daemon's user or root"
                        + " only).",
        footer = {"", "Examples:", "  softpath link down", "  softpath link freeze --unit 1"})
final class LinkCommand implements Callable<Integer> {
    /** What can be done to a unit. */
    enum Action {
        down(ControlRecord.ADMIN_LINK_DOWN, "link is down"),
        up(ControlRecord.ADMIN_LINK_UP, "link is up"),
        freeze(ControlRecord.ADMIN_FREEZE, "frozen"),
        thaw(ControlRecord.ADMIN_THAW, "thawed");

        private final int op;
        private final String done;

        Action(int op, String done) {
            this.op = op;
            this.done = done;
        }
    }

    @Spec private CommandSpec spec;
    @Mixin private RunDirOption runDir;

    @Option(
            names = "--unit",
            paramLabel = "N",
            defaultValue = "0",
            description = "Which unit (default: ${DEFAULT-VALUE}).")
    private int unit;

    @Parameters(paramLabel = "ACTION", description = "One of: ${COMPLETION-CANDIDATES}.")
    private Action action;

    @Override
    public Integer call() {
        try (Device device = ViewCommand.open(runDir.get())) {
            device.inspect().admin(action.op, unit, 0);
        }
        spec.commandLine().getOut().println("unit " + unit + ": " + action.done);
        return ExitCode.OK;
    }
}

package io.softpath.faults;

import io.softpath.fault.FaultAction;
import io.softpath.fault.Times;
import io.softpath.faults.plan.Plan;
import io.softpath.faults.plan.PlanFile;
import io.softpath.faults.plan.PlanSchema;
import io.softpath.faults.plan.Planned;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** Checks a plan, and says what each process is given. */
@Command(
        name = "plan",
        description = "Check a fault plan, and print what each process of a job is given.",
        footer = {
            "",
            "docs/fault-injection.md says what a plan can have.",
            "",
            "Examples:",
            "  softpath faults plan kills.yaml -n 4",
            "  softpath faults plan --schema"
        })
final class PlanCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Parameters(index = "0", arity = "0..1", paramLabel = "PLAN", description = "The plan, YAML.")
    private Path file;

    @Option(
            names = {"-n", "--ranks"},
            paramLabel = "N",
            defaultValue = "2",
            description = "For a job of so many ranks (default: ${DEFAULT-VALUE}).")
    private int ranks;

    @Option(names = "--schema", description = "Print the JSON schema of plans, and end.")
    private boolean schema;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        if (schema) {
            out.print(PlanSchema.json());
            return;
        }
        if (file == null) {
            throw new ParameterException(spec.commandLine(), "Missing required parameter: 'PLAN'");
        }
        Plan plan = read();
        for (int rank = 0; rank < ranks; rank++) {
            String name = "rank " + rank;
            plan.forRank(rank, ranks).ifPresent(text -> out.println(name + ": " + text));
        }
        plan.forDaemon().ifPresent(text -> out.println("daemon: " + text));
        plan.link().ifPresent(text -> out.println("link: " + text));
        plan.byTime().forEach(each -> out.println(byTime(each)));
        if (plan.restartNs() != Plan.NEVER) {
            out.println("daemon: started again after " + Times.text(plan.restartNs()));
        }
    }

    private Plan read() {
        try {
            Plan plan = PlanFile.read(file);
            plan.checkRanks(ranks);
            return plan;
        } catch (IllegalArgumentException | UncheckedIOException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private static String byTime(Planned.ByTime fault) {
        String when = Times.text(fault.earliestNs());
        if (fault.latestNs() != fault.earliestNs()) {
            when += ".." + Times.text(fault.latestNs());
        }
        if (fault.times() > 1) {
            when += ", every " + Times.text(fault.everyNs()) + ", times " + fault.times();
        }
        FaultAction action = fault.action();
        return fault.target() + ": " + action + " after " + when;
    }
}

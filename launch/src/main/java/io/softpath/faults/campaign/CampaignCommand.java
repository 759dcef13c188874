package io.softpath.faults.campaign;

import io.softpath.faults.report.CampaignResult;
import io.softpath.faults.report.Found;
import io.softpath.faults.report.Pages;
import io.softpath.faults.report.RoundResult;
import io.softpath.launch.ExitCode;
import io.softpath.launch.Trouble;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code softpath faults run}. */
@Command(
        name = "run",
        description = {
            "Kill, pause and cut off processes that exchange messages, and prove from what they",
            "have written down that nothing acknowledged was lost and nothing is left behind."
        },
        footer = {
            "",
            "A schedule follows from the seed and the round's number alone; what it hits depends",
            "on the machine's timing too.",
            "",
            "Examples:",
            "  softpath faults run --rounds 20",
            "  softpath faults run --seed 7 --round 12 --keep kept",
            "  softpath faults run --plan kills.yaml --rounds 3",
            "  softpath faults run --self-test"
        })
public final class CampaignCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private CampaignOptions options;
    @Mixin private Pages.Options pages;

    @Option(
            names = "--self-test",
            description = "Plant known bugs, one after the other: each must be found.")
    private boolean selfTest;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        checkDrawn();
        long seed = options.seed == null ? new SecureRandom().nextLong() >>> 16 : options.seed;
        out.println("seed " + seed);
        out.flush();
        Settings settings = options.settings(seed);
        if (selfTest) {
            return new SelfTest(settings, out).run() ? ExitCode.OK : ExitCode.FAILED;
        }
        CampaignResult result =
                new Campaign(settings, options.command(seed), r -> tell(r, out)).run();
        if (result.rounds().isEmpty()) {
            throw new Trouble(ExitCode.FAILED, "not one round was run within --duration");
        }
        pages.write(List.of(result), out);
        return result.found().isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }

    /** What says how much is drawn has no meaning where a plan says what happens. */
    private void checkDrawn() {
        for (String each : CampaignOptions.DRAWN) {
            if (options.hasPlan() && spec.commandLine().getParseResult().hasMatchedOption(each)) {
                throw new Trouble(
                        ExitCode.USAGE,
                        each + ": --plan says what happens, and nothing is drawn: leave one out");
            }
        }
    }

    static void tell(RoundResult round, PrintWriter out) {
        out.printf(
                "round %d: %s, %s messages, %.1f s%s%n",
                round.round(),
                round.faults().isEmpty() ? "no faults" : Pages.list(round.faults()),
                round.messages().get("sent"),
                round.ms() / 1e3,
                round.found().isEmpty() ? "" : ", " + round.found().size() + " VIOLATIONS");
        for (Found each : round.found()) {
            out.println("  " + each.rule() + ": " + each.subject() + ": " + each.text());
        }
        out.flush();
    }
}

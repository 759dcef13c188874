package io.softpath.launch;

import io.softpath.ledger.Era;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;

/** What kernels keep of the pages of a driver. */
@Command(
        name = "pages",
        description = "Show what each kernel of 2005 and 2006 makes of a driver's pages.",
        footer = {
            "",
            "--lab runs \"hello, world\" against every way to allocate and map, on every kernel;"
                    + " --why tells of one",
            "row, or of the driver of the mail, what happens, event by event."
        })
final class PagesCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(names = "--lab", description = "The truth table; needs no daemon.")
    private boolean lab;

    @Option(
            names = "--why",
            paramLabel = "ROW",
            description = "Why row ROW of the table, or \"mail\", comes to what it does.")
    private String why;

    @Option(
            names = "--era",
            paramLabel = "KERNEL",
            split = ",",
            description =
                    "Only these kernels: 2.6.14, 2.6.14+hugetlb, 2.6.15-rc1, 2.6.15, 2.6.16"
                            + " (default: all).")
    private List<String> eras = List.of();

    @Option(names = "--all", description = "List the combinations beyond the table, too.")
    private boolean all;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() {
        if (!lab && why == null) {
            throw new Trouble(ExitCode.USAGE, "pages: choose --lab or --why ROW");
        }
        PrintWriter out = spec.commandLine().getOut();
        if (why != null) {
            PagesWhy answer = PagesWhy.of(why, chosen());
            if (json) {
                out.println(Json.pretty(answer));
            } else {
                answer.show(out);
            }
        } else {
            PagesLab table = PagesLab.of(chosen(), all);
            if (json) {
                out.println(Json.pretty(table));
            } else {
                table.show(out, spec.commandLine().getColorScheme().ansi());
            }
        }
        out.flush();
        return ExitCode.OK;
    }

    private List<Era> chosen() {
        try {
            return eras.isEmpty()
                    ? Arrays.asList(Era.values())
                    : eras.stream().map(Era::named).distinct().toList();
        } catch (IllegalArgumentException e) {
            throw new Trouble(ExitCode.USAGE, "--era: " + e.getMessage(), e);
        }
    }
}

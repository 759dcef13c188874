package io.softpath.launch;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;

import io.softpath.abi.region.RegionKind;

import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** The first thing a newcomer runs: everything once, from nothing to nothing. */
@Command(
        name = "hello",
        description =
                "Start a daemon and N user processes that greet each other through the chip, check"
                        + " everything, clean up.",
        footer = {
            "",
            "Exit code 0 only if every greeting arrived byte for byte, every mapping is as",
            "its rule wants it, and nothing is left behind."
        })
final class HelloCommand implements Callable<Integer> {
    private static final String MAIN_CLASS = "io.softpath.apps.hello.Hello";

    /** The ranks live for a second: the optimising compiler would only get in the way. */
    private static final List<String> JVM_OPTIONS = List.of("-XX:TieredStopAtLevel=1", "-Xmx64m");

    @Spec private CommandSpec spec;

    @Option(
            names = {"-n", "--ranks"},
            paramLabel = "N",
            defaultValue = "4",
            description = "How many user processes (default: ${DEFAULT-VALUE}).")
    private int ranks;

    @Mixin private UnitOptions units;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Option(
            names = {"-v", "--verbose"},
            description = "Show every rank's mappings, not only where they differ.")
    private boolean verbose;

    /** The whole result as JSON. */
    record Result(boolean ok, List<String> problems, List<JsonNode> ranks, long elapsedMs) {}

    @Override
    public Integer call() throws InterruptedException {
        if (ranks < 1) {
            throw new Trouble(ExitCode.USAGE, "-n " + ranks + ": at least one rank is needed");
        }
        units.checkRoom(ranks);
        long start = System.nanoTime();
        List<String> problems = new ArrayList<>();
        List<JsonNode> reports = new ArrayList<>();
        RankGroup.Outcome outcome;
        JobRunner job =
                JobRunner.onPrivateDaemon(units.daemonOptions(), ranks, RankGroup.Show.ERRORS);
        try (job) {
            List<String> command = JvmFlags.user(JVM_OPTIONS, "", RankMain.class.getName());
            command.add(MAIN_CLASS);
            outcome = job.run(command, units.count(), units.rankEnvironment());
            job.lastGather()
                    .ifPresent(gather -> gather.forEach(bytes -> addReport(bytes, reports)));
        }
        if (outcome.exitCode() != ExitCode.OK) {
            problems.add(outcome.reason());
        }
        if (reports.size() != ranks && outcome.exitCode() <= ExitCode.SIGNAL) {
            problems.add("reports of " + reports.size() + " of " + ranks + " ranks");
        }
        for (JsonNode report : reports) {
            if (!report.path("ok").asBoolean()) {
                problems.add(
                        "rank "
                                + report.path("rank").asInt()
                                + ": "
                                + report.path("problem").asText("no reason given"));
            }
        }
        problems.addAll(job.leftovers());
        Result result =
                new Result(
                        problems.isEmpty(),
                        problems,
                        reports,
                        (System.nanoTime() - start) / 1_000_000);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.pretty(result));
        } else {
            show(result, out, spec.commandLine().getColorScheme().ansi());
        }
        if (result.ok()) {
            return ExitCode.OK;
        }
        return outcome.exitCode() > ExitCode.SIGNAL ? outcome.exitCode() : ExitCode.FAILED;
    }

    private static void addReport(byte[] bytes, List<JsonNode> reports) {
        String text = new String(bytes, UTF_8);
        if (text.startsWith("{")) { // else the ranks did not get as far as their reports
            reports.add(Json.tree(text));
        }
    }

    private void show(Result result, PrintWriter out, Ansi ansi) {
        if (!result.ranks().isEmpty()) {
            if (verbose) {
                for (JsonNode rank : result.ranks()) {
                    out.println(ansi.string("@|bold rank " + rank.path("rank").asInt() + "|@"));
                    mappings(List.of(rank)).print(out, ansi);
                    out.println();
                }
            } else {
                mappings(result.ranks()).print(out, ansi);
                out.println();
            }
            ranks(result.ranks()).print(out, ansi);
            out.println();
        }
        for (String problem : result.problems()) {
            out.println(ansi.string("@|bold,red FAILED|@ ") + problem);
        }
        if (result.ok()) {
            List<String> unlocked = unlocked(result.ranks());
            if (!unlocked.isEmpty()) {
                out.println(
                        ansi.string("@|yellow note|@ not locked, may be swapped: ")
                                + String.join(", ", unlocked)
                                + " (softpath doctor says why)");
            }
            out.println(
                    ansi.string("@|bold,green hello, world|@: ")
                            + ranks
                            + (ranks == 1 ? " rank" : " ranks")
                            + ", every byte as sent, every mapping as its rule wants it, nothing"
                            + " left behind, in "
                            + result.elapsedMs()
                            + " ms");
        }
    }

    /** The kinds of which some rank could not lock its mapping. */
    private static List<String> unlocked(List<JsonNode> ranks) {
        List<String> kinds = new ArrayList<>();
        for (JsonNode rank : ranks) {
            for (JsonNode mapping : rank.path("mappings")) {
                String kind = mapping.path("kind").asText();
                if (!mapping.path("locked").asBoolean() && !kinds.contains(kind)) {
                    kinds.add(kind);
                }
            }
        }
        return kinds;
    }

    /** One line per kind of region and distinct kernel view; ranks that agree share it. */
    static Table mappings(List<JsonNode> ranks) {
        Table table =
                new Table(
                        "MAPPING",
                        "FILE",
                        ">SIZE",
                        "USER MAY",
                        "KERNEL",
                        "FLAGS",
                        "LOCKED",
                        "RULE",
                        "RANKS");
        List<List<String>> lines = new ArrayList<>();
        List<List<Integer>> owners = new ArrayList<>();
        for (JsonNode rank : ranks) {
            for (JsonNode mapping : rank.path("mappings")) {
                String violations = mapping.path("violations").asText();
                List<String> line =
                        List.of(
                                mapping.path("kind").asText(),
                                mapping.path("label").asText(),
                                Human.bytes(mapping.path("bytes").asLong()),
                                access(mapping.path("access").asText()),
                                mapping.path("permissions").asText(),
                                MapsCommand.telling(
                                        List.of(mapping.path("vmFlags").asText().split(" "))),
                                mapping.path("locked").asBoolean() ? "yes" : "no",
                                violations.isEmpty() ? "ok" : violations);
                int known = lines.indexOf(line);
                if (known < 0) {
                    known = lines.size();
                    lines.add(line);
                    owners.add(new ArrayList<>());
                }
                owners.get(known).add(rank.path("rank").asInt());
            }
        }
        for (RegionKind kind : RegionKind.values()) {
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).get(1).equals(kind.label())) {
                    List<Object> cells = new ArrayList<>(lines.get(i));
                    boolean everybody = owners.get(i).size() == ranks.size();
                    cells.add(everybody ? "all" : owners.get(i).toString());
                    table.row(cells.toArray());
                }
            }
        }
        return table;
    }

    private static String access(String access) {
        return switch (access) {
            case "READ_ONLY" -> "read";
            case "WRITE_ONLY" -> "write";
            case "READ_WRITE" -> "read, write";
            default -> access;
        };
    }

    private static Table ranks(List<JsonNode> ranks) {
        Table table =
                new Table(
                        ">RANK",
                        "ADDRESS",
                        ">UNIT",
                        ">PEERS",
                        ">SENT",
                        ">RECEIVED",
                        "CHECKSUM",
                        ">TIME");
        for (JsonNode rank : ranks) {
            table.row(
                    rank.path("rank").asInt(),
                    rank.path("address").asText(),
                    rank.path("unit").asInt(),
                    rank.path("peers").asInt(),
                    rank.path("packetsSent").asLong(),
                    rank.path("packetsReceived").asLong(),
                    rank.path("checksum").asText(),
                    rank.path("elapsedMs").asLong() + " ms");
        }
        return table;
    }
}

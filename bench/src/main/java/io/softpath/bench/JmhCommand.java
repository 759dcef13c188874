package io.softpath.bench;

import io.softpath.bench.process.BenchFailure;
import io.softpath.bench.process.JvmArguments;
import io.softpath.bench.report.Outcome;
import io.softpath.bench.report.Result;
import io.softpath.bench.report.Run;
import io.softpath.bench.report.Section;

import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * {@code softpath bench jmh}: the micro-benchmarks, each in JVMs of its own, with the bytes they
 * allocate.
 */
@Command(
        name = "jmh",
        description =
                "Runs the JMH micro-benchmarks whose name contains a match of a regular"
                        + " expression.")
final class JmhCommand implements Callable<Integer> {
    private static final String OWN = "io\\.softpath\\.bench\\.jmh\\.";
    private static final String WHAT = "The micro-benchmarks.";
    private static final String READING =
            "A micro-benchmark times code in a warm loop: compare, do not add up.";
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    @Mixin private ReportOptions options;

    @Parameters(
            arity = "0..1",
            paramLabel = "REGEX",
            description = "Which benchmarks, e.g. MemoryAccess; default: all.")
    private String regex = "";

    @Override
    public Integer call() {
        Run run = options.begin();
        options.progress(
                "JMH runs each benchmark in new JVMs; its own report follows on standard error");
        List<Result> results = new ArrayList<>();
        for (RunResult each : run()) {
            results.addAll(results(each));
        }
        Section section = new Section("jmh", WHAT, READING, Outcome.of(results));
        options.print(run.end(List.of(section)), READING);
        return 0;
    }

    private Collection<RunResult> run() {
        ChainedOptionsBuilder builder =
                new OptionsBuilder()
                        .include(OWN + ".*(" + regex + ")")
                        .addProfiler(GCProfiler.class)
                        .jvmArgs(JvmArguments.ofChild().toArray(String[]::new))
                        .shouldFailOnError(true);
        if (options.quick) {
            builder.forks(1)
                    .warmupIterations(2)
                    .warmupTime(TimeValue.milliseconds(200))
                    .measurementIterations(3)
                    .measurementTime(TimeValue.milliseconds(200));
        }
        try {
            return new Runner(
                            builder.build(),
                            OutputFormatFactory.createFormatInstance(
                                    System.err,
                                    options.json ? VerboseMode.SILENT : VerboseMode.NORMAL))
                    .run();
        } catch (NoBenchmarksException e) {
            throw new BenchFailure("no benchmark matches: regex=" + regex, e);
        } catch (RunnerException e) {
            throw new BenchFailure("JMH: " + e.getMessage(), e);
        }
    }

    private static List<Result> results(RunResult run) {
        BenchmarkParams parameters = run.getParams();
        StringBuilder name =
                new StringBuilder(parameters.getBenchmark().replaceFirst("^" + OWN, ""));
        parameters
                .getParamsKeys()
                .forEach(key -> name.append(':').append(parameters.getParam(key)));
        String unit = run.getPrimaryResult().getScoreUnit();

        List<Double> scores = new ArrayList<>();
        List<Double> allocated = new ArrayList<>();
        long operations = 0;
        for (var fork : run.getBenchmarkResults()) {
            for (IterationResult iteration : fork.getIterationResults()) {
                scores.add(iteration.getPrimaryResult().getScore());
                operations += iteration.getMetadata().getMeasuredOps();
                var bytes = iteration.getSecondaryResults().get(ALLOCATED);
                if (bytes != null) {
                    allocated.add(bytes.getScore());
                }
            }
        }
        List<Result> results = new ArrayList<>();
        results.add(Result.ofValues(name.toString(), unit, operations, scores));
        if (!allocated.isEmpty()) {
            results.add(
                    Result.ofValues(name + ".alloc", "B/op", operations, wholeBytes(allocated)));
        }
        return results;
    }

    /**
     * Less than a hundredth of a byte an operation is the harness's own, spread over the
     * operations.
     */
    private static List<Double> wholeBytes(List<Double> bytes) {
        return bytes.stream().map(b -> Math.rint(b * 100) / 100).toList();
    }
}

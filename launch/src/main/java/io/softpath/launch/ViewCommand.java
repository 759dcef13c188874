package io.softpath.launch;

import io.softpath.abi.control.ControlRecord;
import io.softpath.driver.Device;
import io.softpath.driver.DeviceOptions;
import io.softpath.driver.control.Inspector;

import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;

/**
 * A command that looks at a running daemon without stopping it: once, or again and again.
 *
 * @param <T> what it sees; the same for people and, as JSON, for programs
 */
abstract class ViewCommand<T> implements Callable<Integer> {
    private static final String CLEAR = "\033[H\033[2J";

    @Spec private CommandSpec spec;
    @Mixin private RunDirOption runDir;

    @Option(names = "--unit", paramLabel = "N", description = "Only this unit (default: all).")
    private int unit = ControlRecord.INSPECT_ALL_UNITS;

    @Option(names = "--json", description = "Print JSON; with --watch one line a time.")
    private boolean json;

    @Option(
            names = "--watch",
            paramLabel = "SECONDS",
            arity = "0..1",
            fallbackValue = "1",
            description = "Look again every SECONDS (default: ${FALLBACK-VALUE}) until Ctrl-C.")
    private Double watchSeconds;

    /** Looks. */
    abstract T look(Inspector inspector, int[] units);

    /** Shows what was seen. */
    abstract void show(T seen, PrintWriter out, Ansi ansi);

    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    final Ansi ansi() {
        return spec.commandLine().getColorScheme().ansi();
    }

    final RunDir dir() {
        return runDir.get();
    }

    final boolean json() {
        return json;
    }

    final boolean watching() {
        return watchSeconds != null;
    }

    /** Looks once. */
    final T look() {
        try (Device device = open(dir())) {
            Inspector inspector = device.inspect();
            return look(inspector, units(inspector));
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        if (watchSeconds != null && !(watchSeconds > 0)) {
            throw new Trouble(
                    ExitCode.USAGE, "--watch=" + watchSeconds + ": seconds must be positive");
        }
        PrintWriter out = out();
        Ansi ansi = ansi();
        try (Device device = open(dir())) {
            Inspector inspector = device.inspect();
            print(look(inspector, units(inspector)), out, ansi);
            // Ends by Ctrl-C, or when nobody reads us any more: softpath stat --watch | head.
            while (watchSeconds != null && !System.out.checkError()) {
                Thread.sleep(Duration.ofNanos((long) (watchSeconds * 1e9)));
                print(look(inspector, units(inspector)), out, ansi);
            }
        }
        return ExitCode.OK;
    }

    /** Connects to the daemon of a run directory. */
    static Device open(RunDir dir) {
        if (dir.daemon().isEmpty()) {
            throw Trouble.unavailable(
                    "no daemon serves "
                            + dir.path()
                            + " (or you may not connect): start one with softpath daemon, or name"
                            + " another with --dir");
        }
        return Device.open(
                DeviceOptions.fromEnvironment()
                        .withDirectory(dir.path())
                        .withUnit(DeviceOptions.ANY_UNIT));
    }

    private int[] units(Inspector inspector) {
        return unit == ControlRecord.INSPECT_ALL_UNITS
                ? inspector.units().stream().mapToInt(u -> u.unit()).toArray()
                : new int[] {inspector.unit(unit).unit()};
    }

    private void print(T seen, PrintWriter out, Ansi ansi) {
        if (json) {
            out.println(watchSeconds == null ? Json.pretty(seen) : Json.line(seen));
        } else {
            if (watchSeconds != null && ansi.enabled()) {
                out.print(CLEAR);
            }
            show(seen, out, ansi);
            if (watchSeconds != null && !ansi.enabled()) {
                out.println();
            }
        }
        out.flush();
    }
}

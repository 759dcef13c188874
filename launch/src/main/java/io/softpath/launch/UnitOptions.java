package io.softpath.launch;

import picocli.CommandLine.Option;

import java.util.ArrayList;
import java.util.List;

/** What a daemon that is to be started should be; passed on to it. */
final class UnitOptions {
    @Option(
            names = "--units",
            paramLabel = "N",
            description = "Units (chips, each with its own LID) of a new daemon (default: 1).")
    private Integer units;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "Chip model of a new daemon: IBA6120 or IBA7220 (default: IBA7220).")
    private String model;

    @Option(
            names = "--contexts",
            paramLabel = "N",
            description =
                    "User contexts of each unit of a new daemon (default: all that the model has).")
    private Integer contexts;

    @Option(
            names = "--set",
            paramLabel = "NAME=NUMBER",
            description =
                    "Have this of the model otherwise; may be repeated: pio-buffers,"
                            + " eager-buffers, eager-buffer-bytes, header-entries, tids.")
    private List<String> settings = List.of();

    /** Did the user ask for anything in particular? */
    boolean given() {
        return units != null || model != null || contexts != null || !settings.isEmpty();
    }

    int count() {
        return units == null ? 1 : units;
    }

    List<String> daemonOptions() {
        List<String> options = new ArrayList<>();
        if (units != null) {
            options.addAll(List.of("--units", units.toString()));
        }
        if (model != null) {
            options.addAll(List.of("--model", model));
        }
        if (contexts != null) {
            options.addAll(List.of("--contexts", contexts.toString()));
        }
        settings.forEach(setting -> options.addAll(List.of("--set", setting)));
        return options;
    }
}

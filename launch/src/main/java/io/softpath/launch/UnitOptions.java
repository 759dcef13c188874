package io.softpath.launch;

import io.softpath.abi.model.ChipModel;
import io.softpath.psm.PsmDevices;

import picocli.CommandLine.Option;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a daemon that is to be started should be; passed on to it. */
final class UnitOptions {
    @Option(
            names = "--units",
            paramLabel = "N",
            description =
                    "Units (chips, each with its own LID) of a new daemon (default: 1; exec: -n).")
    private Integer units;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description =
                    "Chip model of a new daemon: IBA6120, IBA7220 or IBA7322 (default: IBA7220).")
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

    @Option(
            names = "--link",
            paramLabel = "TROUBLE",
            description =
                    "Have this go wrong between the chips of a new daemon:"
                        + " drop=5%%,dup=1%%,reorder=2%%,corrupt=0.1%%,delay=50us,seed=7, any of"
                        + " them. Programs that 'run' starts do not go round it through shared"
                        + " memory then (PSM_DEVICES=self,ipath, unless set).")
    private String link;

    /** Did the user ask for anything in particular? */
    boolean given() {
        return units != null
                || model != null
                || contexts != null
                || !settings.isEmpty()
                || link != null;
    }

    int count() {
        return units == null ? 1 : units;
    }

    /**
     * Refuses a job that a new daemon with these options has no contexts for.
     *
     * @throws Trouble with the way out
     */
    void checkRoom(int ranks) {
        ChipModel chip;
        try {
            chip = model == null ? ChipModel.IBA7220 : ChipModel.named(model);
        } catch (IllegalArgumentException e) {
            throw new Trouble(ExitCode.USAGE, e.getMessage(), e);
        }
        int each = contexts == null ? chip.userContexts() : contexts;
        long room = (long) each * count();
        if (each < 1 || ranks <= room) {
            return; // what is out of range the daemon says
        }
        throw new Trouble(
                ExitCode.USAGE,
                String.format(
                        "-n %d: each rank takes a user context, a new daemon has %d (units=%d,"
                                + " contexts=%d each); try --units %d",
                        ranks, room, count(), each, (ranks + each - 1) / each));
    }

    /**
     * What ranks are told beside: a link with troubles is there to be used, so that they do not
     * evade it through shared memory unless somebody says so.
     */
    Map<String, String> rankEnvironment() {
        return link == null || System.getenv(PsmDevices.VARIABLE) != null
                ? Map.of()
                : Map.of(PsmDevices.VARIABLE, "self,ipath");
    }

    List<String> daemonOptions() {
        return daemonOptions(1);
    }

    /** As {@link #daemonOptions()}, with another number of units if the user gave none. */
    List<String> daemonOptions(int unitsElse) {
        int all = units == null ? unitsElse : units;
        List<String> options = new ArrayList<>(List.of("--units", Integer.toString(all)));
        if (model != null) {
            options.addAll(List.of("--model", model));
        }
        if (contexts != null) {
            options.addAll(List.of("--contexts", contexts.toString()));
        }
        if (link != null) {
            options.addAll(List.of("--link", link));
        }
        settings.forEach(setting -> options.addAll(List.of("--set", setting)));
        return options;
    }
}

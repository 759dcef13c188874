package io.softpath.faults.campaign;

import io.softpath.faults.Durations;
import io.softpath.faults.plan.Plan;
import io.softpath.launch.ExitCode;
import io.softpath.launch.FaultsOption;
import io.softpath.launch.Trouble;

import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What can be chosen about a campaign. */
final class CampaignOptions {
    private static final Duration LONGEST_ROUND = Duration.ofHours(24);

    /** Below, nothing has begun when it ends. */
    private static final long SHORTEST_ROUND_MS = 100;

    /** Options that say what is drawn: with a plan, nothing is. */
    static final List<String> DRAWN =
            List.of(
                    "--kills",
                    "--pauses",
                    "--daemon-kills",
                    "--link-downs",
                    "--freezes",
                    "--point-percent",
                    "--daemon-point-percent",
                    "--link");

    @Option(
            names = "--seed",
            paramLabel = "S",
            description =
                    "Of schedules, sizes and contents (default: a new one, which is printed).")
    Long seed;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "10",
            description = "How many rounds (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--round", paramLabel = "R", description = "Only this round.")
    private Integer round;

    @Option(
            names = "--first-round",
            paramLabel = "R",
            defaultValue = "1",
            description = "The number of the first one (default: ${DEFAULT-VALUE}).")
    private int firstRound;

    @Option(
            names = "--duration",
            paramLabel = "T",
            description = "Begin no round later than this: 90s, 10m, 2h.")
    private String duration;

    @Option(
            names = "--round-time",
            paramLabel = "T",
            defaultValue = "4s",
            description = "How long faults go on in a round (default: ${DEFAULT-VALUE}).")
    private String roundTime;

    @Option(
            names = {"-n", "--ranks"},
            paramLabel = "N",
            defaultValue = "6",
            description = "Processes that exchange messages (default: ${DEFAULT-VALUE}).")
    private int ranks;

    @Option(
            names = "--units",
            paramLabel = "N",
            defaultValue = "2",
            description = "Units of the daemon (default: ${DEFAULT-VALUE}).")
    private int units;

    @Option(
            names = "--plan",
            paramLabel = "FILE",
            description =
                    "Have happen what this plan says, and nothing that is drawn: to the first"
                        + " process of each rank in each round, and to the first daemon of each;"
                        + " times count from the begin of a round.")
    private Path plan;

    @Option(
            names = "--kills",
            paramLabel = "X",
            defaultValue = "8",
            description = "Ranks killed in a round, on average (default: ${DEFAULT-VALUE}).")
    private double kills;

    @Option(
            names = "--pauses",
            paramLabel = "X",
            defaultValue = "1.5",
            description = "Ranks paused in a round, on average (default: ${DEFAULT-VALUE}).")
    private double pauses;

    @Option(
            names = "--daemon-kills",
            paramLabel = "X",
            defaultValue = "0.3",
            description = "Daemons killed in a round, on average (default: ${DEFAULT-VALUE}).")
    private double daemonKills;

    @Option(
            names = "--link-downs",
            paramLabel = "X",
            defaultValue = "0.3",
            description = "Links taken down in a round, on average (default: ${DEFAULT-VALUE}).")
    private double linkDowns;

    @Option(
            names = "--freezes",
            paramLabel = "X",
            defaultValue = "0.3",
            description = "Units frozen in a round, on average (default: ${DEFAULT-VALUE}).")
    private double freezes;

    @Option(
            names = "--point-percent",
            paramLabel = "P",
            defaultValue = "30",
            description =
                    "Processes that kill themselves at a named point, of 100 (default:"
                            + " ${DEFAULT-VALUE}).")
    private int pointPercent;

    @Option(
            names = "--daemon-point-percent",
            paramLabel = "P",
            defaultValue = "50",
            description =
                    "Daemons started in the place of a killed one that kill themselves at a named"
                            + " point, of 100 (default: ${DEFAULT-VALUE}).")
    private int daemonPointPercent;

    @Option(
            names = "--link",
            paramLabel = "TROUBLE",
            defaultValue = "drop=0.5%,dup=0.2%,reorder=0.5%,corrupt=0.1%",
            description =
                    "What goes wrong between the chips, as softpath daemon has it (default:"
                            + " ${DEFAULT-VALUE}).")
    private String link;

    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long anything may take (default: ${DEFAULT-VALUE}).")
    private int patience;

    @Option(
            names = "--keep",
            paramLabel = "DIR",
            description = "Keep histories and logs of rounds with violations there.")
    private Path keep;

    @Option(names = "--plant", hidden = true, defaultValue = Settings.NO_PLANT)
    private String plant;

    @Option(names = "--daemon-plant", hidden = true, defaultValue = Settings.NO_PLANT)
    private String daemonPlant;

    Settings settings(long chosenSeed) {
        atLeast("--rounds", rounds, 1);
        atLeast("--ranks", ranks, 2);
        atLeast("--units", units, 1);
        atLeast("--patience", patience, 1);
        Plan planned = FaultsOption.read(plan);
        FaultsOption.checkRanks(planned, ranks);
        boolean drawn = plan == null;
        return new Settings(
                chosenSeed,
                round == null ? firstRound : round,
                round == null ? rounds : 1,
                duration == null
                        ? 0
                        : Durations.parse("--duration", duration, Durations.YEAR).toMillis(),
                ranks,
                units,
                roundMs(),
                planned,
                drawn ? new Rates(kills, pauses, daemonKills, linkDowns, freezes) : Rates.NONE,
                drawn ? pointPercent : 0,
                drawn ? daemonPointPercent : 0,
                drawn ? link : planned.link().orElse(""),
                patience,
                List.of(plant),
                daemonPlant,
                keep);
    }

    private int roundMs() {
        Duration time = Durations.parse("--round-time", roundTime, LONGEST_ROUND);
        return (int) Math.max(SHORTEST_ROUND_MS, time.toMillis());
    }

    private static void atLeast(String name, int value, int least) {
        if (value < least) {
            throw new Trouble(ExitCode.USAGE, name + " " + value + ": at least " + least);
        }
    }

    boolean hasPlan() {
        return plan != null;
    }

    /** The command line of one round, but for its number. */
    String command(long chosenSeed) {
        return String.format(
                Locale.ROOT,
                "./launch/softpath faults run --seed %d --ranks %d --units %d --round-time %s%s"
                        + " --patience %d%s%s",
                chosenSeed,
                ranks,
                units,
                roundTime,
                plan == null ? drawn() : " --plan " + plan,
                patience,
                planted("--plant", plant),
                planted("--daemon-plant", daemonPlant));
    }

    private String drawn() {
        return String.format(
                Locale.ROOT,
                " --kills %s --pauses %s --daemon-kills %s --link-downs %s --freezes %s"
                        + " --point-percent %d --daemon-point-percent %d --link %s",
                kills,
                pauses,
                daemonKills,
                linkDowns,
                freezes,
                pointPercent,
                daemonPointPercent,
                link.isEmpty() ? "''" : link);
    }

    private static String planted(String option, String plant) {
        return plant.equals(Settings.NO_PLANT) ? "" : " " + option + " " + plant;
    }
}

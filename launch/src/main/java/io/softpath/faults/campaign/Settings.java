package io.softpath.faults.campaign;

import io.softpath.faults.plan.Plan;

import java.nio.file.Path;
import java.util.List;

/**
 * What a campaign is made of.
 *
 * @param seed of all schedules, sizes and contents
 * @param firstRound its number; schedules follow from seed and number
 * @param rounds how many
 * @param limitMs no round begins later than so long after the first; 0: no limit
 * @param ranks processes that exchange messages
 * @param units of the daemon
 * @param roundMs how long faults go on in a round
 * @param plan faults that strike in each round, beside those
 * @param rates how often others strike in a round
 * @param pointPercent of processes that are told to kill themselves at a named point
 * @param daemonPointPercent of daemons that are started in the place of a killed one
 * @param link what goes wrong between the chips
 * @param patienceS how long anything may take
 * @param plants bugs to put into the workload, one for each round, from the first one on
 * @param daemonPlant the bug to put into the daemon
 * @param keep where what belongs to a violation is kept; null: nowhere
 */
record Settings(
        long seed,
        int firstRound,
        int rounds,
        long limitMs,
        int ranks,
        int units,
        int roundMs,
        Plan plan,
        Rates rates,
        int pointPercent,
        int daemonPointPercent,
        String link,
        int patienceS,
        List<String> plants,
        String daemonPlant,
        Path keep) {
    static final String NO_PLANT = "none";

    /** With a round of another length. */
    Settings of(int newRoundMs) {
        return new Settings(
                seed,
                firstRound,
                rounds,
                limitMs,
                ranks,
                units,
                newRoundMs,
                plan,
                rates,
                pointPercent,
                daemonPointPercent,
                link,
                patienceS,
                plants,
                daemonPlant,
                keep);
    }

    /** The bug of a round; those before the first have none. */
    String plant(int round) {
        return round < firstRound ? NO_PLANT : plants.get((round - firstRound) % plants.size());
    }

    /** A round for each of these, and nothing else going wrong. */
    Settings calm(List<String> newPlants, String newDaemonPlant, int newRoundMs, int newPatienceS) {
        return new Settings(
                seed,
                1,
                newPlants.size(),
                0,
                ranks,
                units,
                newRoundMs,
                Plan.NONE,
                Rates.NONE,
                0,
                0,
                link,
                newPatienceS,
                newPlants,
                newDaemonPlant,
                keep);
    }
}

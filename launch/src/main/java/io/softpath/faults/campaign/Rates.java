package io.softpath.faults.campaign;

/**
 * How often a fault strikes in a round, on average.
 *
 * @param kills of ranks
 * @param pauses of ranks
 * @param daemonKills how often the daemon is killed
 * @param linkDowns of units
 * @param freezes of units
 */
record Rates(double kills, double pauses, double daemonKills, double linkDowns, double freezes) {
    static final Rates NONE = new Rates(0, 0, 0, 0, 0);
}

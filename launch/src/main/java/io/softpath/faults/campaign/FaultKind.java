package io.softpath.faults.campaign;

import java.util.Locale;

/** What the schedule does to a process, or to the device. */
public enum FaultKind {
    /** SIGKILL of a rank. */
    KILL("kills"),

    /** A rank kills itself at a named point of the code. */
    KILL_AT_POINT("kills at a named point"),

    /** SIGSTOP of a rank, or of the daemon, and SIGCONT later. */
    PAUSE("pauses"),

    /** SIGKILL of the daemon, and another one in its place. */
    KILL_DAEMON("daemon kills"),

    /** A daemon kills itself at a named point of the code. */
    KILL_DAEMON_AT_POINT("daemon kills at a named point"),

    /** A unit's link is down for a while. */
    LINK_DOWN("links down"),

    /** A unit is frozen, as by a parity error, and thawed later. */
    FREEZE("units frozen");

    private final String plural;

    FaultKind(String plural) {
        this.plural = plural;
    }

    /** How several of them are called. */
    public String plural() {
        return plural;
    }

    /** How one is called. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}

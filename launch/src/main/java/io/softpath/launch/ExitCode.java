package io.softpath.launch;

/** What the command line returns; documented in its help and kept stable, for scripts. */
public final class ExitCode {
    public static final int OK = 0;

    /** What was asked for did not hold: a rank failed, a check found something wrong. */
    public static final int FAILED = 1;

    /** Wrong arguments. */
    public static final int USAGE = 2;

    /** Another daemon has the run directory. */
    public static final int BUSY = 3;

    /** Something needed is not there: a daemon, a JDK, a file. As in sysexits.h. */
    public static final int UNAVAILABLE = 69;

    /** A defect of softpath. As in sysexits.h. */
    public static final int SOFTWARE = 70;

    /** Added to the number of the signal that ended a process, as shells do. */
    public static final int SIGNAL = 128;

    private ExitCode() {}
}

package io.softpath.launch;

/** Ends a command: a sentence for the person at the terminal, and the exit code. */
final class Trouble extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int exitCode;

    Trouble(int exitCode, String message) {
        this(exitCode, message, null);
    }

    Trouble(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** Something needed is not there. */
    static Trouble unavailable(String message) {
        return new Trouble(ExitCode.UNAVAILABLE, message);
    }

    int exitCode() {
        return exitCode;
    }
}

package io.softpath.launch;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** Ends a command: a sentence for the person at the terminal, and the exit code. */
public final class Trouble extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int exitCode;

    public Trouble(int exitCode, String message) {
        this(exitCode, message, null);
    }

    public Trouble(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** Something needed is not there. */
    public static Trouble unavailable(String message) {
        return new Trouble(ExitCode.UNAVAILABLE, message);
    }

    /** What the system said, in words: the JDK's messages for the usual cases are only a path. */
    public static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException _ -> "no such file or directory";
            default -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    }

    public int exitCode() {
        return exitCode;
    }
}

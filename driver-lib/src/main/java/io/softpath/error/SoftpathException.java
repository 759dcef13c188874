package io.softpath.error;

/**
 * Something the driver library, the unit or the kernel refused; {@link #errno()} is what the 2006
 * driver would have returned.
 *
 * <p>The subclass tells the caller what to do next, not what happened: correct the request ({@link
 * Refused}), try later ({@link Exhausted}), open the device again ({@link Lost}). The message says
 * what failed, then {@code key=value} pairs with the guilty value, the bound and the remedy.
 */
public abstract sealed class SoftpathException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int errno;

    private SoftpathException(Errno errno, String message, Throwable cause) {
        super(message, cause);
        this.errno = errno.number();
    }

    /** The error number that a system call would have returned. */
    public Errno errno() {
        return Errno.of(errno);
    }

    /** The exception for an error number: its subclass follows from the number alone. */
    public static SoftpathException of(Errno errno, String message) {
        return of(errno, message, null);
    }

    /** The exception for an error number, with the failure that led to it. */
    public static SoftpathException of(Errno errno, String message, Throwable cause) {
        return switch (errno.number()) {
            case Errno.Code.EBUSY,
                    Errno.Code.ENOMEM,
                    Errno.Code.EAGAIN,
                    Errno.Code.EMFILE,
                    Errno.Code.ENFILE,
                    Errno.Code.ENOSPC,
                    Errno.Code.ENOBUFS ->
                    new Exhausted(errno, message, cause);
            case Errno.Code.ENOTCONN,
                    Errno.Code.EIO,
                    Errno.Code.ENETDOWN,
                    Errno.Code.EPIPE,
                    Errno.Code.ECONNRESET ->
                    new Lost(errno, message, cause);
            default -> new Refused(errno, message, cause);
        };
    }

    /** The request was wrong: do not retry it unchanged. */
    public static final class Refused extends SoftpathException {
        private static final long serialVersionUID = 1;

        public Refused(Errno errno, String message) {
            super(errno, message, null);
        }

        public Refused(Errno errno, String message, Throwable cause) {
            super(errno, message, cause);
        }
    }

    /** Taken or used up: it may come back. */
    public static final class Exhausted extends SoftpathException {
        private static final long serialVersionUID = 1;

        public Exhausted(Errno errno, String message) {
            super(errno, message, null);
        }

        public Exhausted(Errno errno, String message, Throwable cause) {
            super(errno, message, cause);
        }
    }

    /** Daemon, unit or link is gone: open the device again. */
    public static final class Lost extends SoftpathException {
        private static final long serialVersionUID = 1;

        public Lost(Errno errno, String message) {
            super(errno, message, null);
        }

        public Lost(Errno errno, String message, Throwable cause) {
            super(errno, message, cause);
        }
    }
}

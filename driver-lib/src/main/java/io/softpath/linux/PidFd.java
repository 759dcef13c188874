package io.softpath.linux;

/**
 * A process by descriptor ({@code pidfd_open(2)}): unlike a number it never comes to mean another
 * one. Any thread.
 */
public final class PidFd implements AutoCloseable {
    private final Fd fd;
    private final int pid;
    private final Poll ended;

    private PidFd(Fd fd, int pid) {
        this.fd = fd;
        this.pid = pid;
        ended = Poll.of(fd).events(0, PollEvents.IN);
    }

    static PidFd own(int number, int pid) {
        return new PidFd(Fd.own(number, "pidfd:" + pid), pid);
    }

    /**
     * Opens a process by its number.
     *
     * @throws io.softpath.error.SoftpathException ESRCH: no such process; EMFILE, ENFILE; ENOSYS
     *     before Linux 5.3
     */
    public static PidFd open(int pid) {
        long number =
                NativeCalls.check(
                        "pidfd_open",
                        NativeCalls.callLong(
                                NativeCalls.SYSCALL, NativeCalls.NR_PIDFD_OPEN, pid, 0),
                        "pid=" + pid);
        return own((int) number, pid);
    }

    /** Readable ({@link PollEvents#IN}) when the process is dead. */
    public Fd fd() {
        return fd;
    }

    public int pid() {
        return pid;
    }

    /**
     * All its threads are gone; its exit status may not have been collected yet. Allocates nothing.
     */
    public boolean isDead() {
        return ended.await(0) != 0;
    }

    /**
     * Sends a signal; 0 only checks that it could be sent.
     *
     * @throws io.softpath.error.SoftpathException ESRCH: dead; EPERM: not allowed; EINVAL: no such
     *     signal
     */
    public void signal(int signal) {
        int number = fd.enter();
        try {
            NativeCalls.check(
                    "pidfd_send_signal",
                    NativeCalls.callLong(
                            NativeCalls.SYSCALL,
                            NativeCalls.NR_PIDFD_SEND_SIGNAL,
                            number,
                            signal,
                            0,
                            0,
                            0),
                    fd + " signal=" + signal);
        } finally {
            fd.leave();
        }
    }

    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return fd.toString();
    }
}

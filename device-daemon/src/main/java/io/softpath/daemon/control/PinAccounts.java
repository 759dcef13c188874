package io.softpath.daemon.control;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.linux.MemlockLimit;
import io.softpath.linux.PidFd;

import org.agrona.collections.Int2ObjectHashMap;

import java.util.function.IntFunction;
import java.util.function.LongSupplier;

/**
 * What each process has registered and pinned, over all its open files and all units. A process
 * number can come to mean another process while a file of the first one lives on in a child, so
 * accounts are told apart by process descriptors, not by numbers.
 */
final class PinAccounts {
    private final IntFunction<MemlockLimit> limits;
    private final LongSupplier nanoClock;
    private final Int2ObjectHashMap<PinAccount> byPid = new Int2ObjectHashMap<>();
    private ControlTrace trace;

    /**
     * @param limits what binds the process of that number; an {@code UncheckedIOException} if it
     *     cannot be seen
     */
    PinAccounts(IntFunction<MemlockLimit> limits, LongSupplier nanoClock) {
        this.limits = limits;
        this.nanoClock = nanoClock;
    }

    /** Accounts that are opened from now on tell of pins. */
    void trace(ControlTrace listener) {
        trace = listener;
    }

    /**
     * The account of the process that opened this file, from now on.
     *
     * @throws SoftpathException ESRCH if the process is gone: whoever else has the file cannot be
     *     charged; EMFILE, ENFILE
     */
    PinAccount of(OpenFile file) {
        PinAccount own = file.account();
        if (own == null) {
            own = join(file);
            file.account(own);
        }
        own.requireAlive();
        return own;
    }

    private PinAccount join(OpenFile file) {
        int pid = file.peer().pid();
        PidFd process;
        try {
            process = file.process();
        } catch (SoftpathException e) {
            throw e.errno().equals(Errno.ESRCH) ? PinAccount.gone(pid) : e;
        }
        PinAccount account = byPid.get(pid);
        if (pid > 0 && account != null && account.isAlive() && !process.isDead()) {
            process.close();
        } else {
            account = new PinAccount(pid, process, limits, nanoClock, trace);
            byPid.put(pid, account);
        }
        account.files++;
        return account;
    }

    /** This file is closed; what it had has been given back. */
    void leave(OpenFile file) {
        PinAccount account = file.account();
        if (account != null) {
            file.account(null);
            account.files--;
            if (account.files == 0) {
                account.close();
                byPid.remove(account.pid(), account);
            }
        }
    }

    /** Processes that have one. */
    int size() {
        return byPid.size();
    }
}

package io.softpath.launch;

import io.softpath.error.SoftpathException;
import io.softpath.linux.CurrentProcess;
import io.softpath.linux.PeerCredentials;
import io.softpath.linux.SeqPacketSocket;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;

/** A run directory as seen from outside: where it is, who serves it, whether its owner lives. */
record RunDir(Path path) {
    /** The environment variable that names it, and that ranks inherit. */
    static final String VARIABLE = "SOFTPATH_DIR";

    /** Locked by a daemon for as long as it lives. */
    static final String DAEMON_LOCK = "daemon.lock";

    /** Standard error of a daemon in the background. */
    static final String DAEMON_LOG = "daemon.log";

    private static final String ANY_UNIT = "ipath";

    /**
     * The one of the option if given, else {@code $SOFTPATH_DIR}, {@code
     * $XDG_RUNTIME_DIR/softpath}, {@code /tmp/softpath-<uid>}.
     */
    static RunDir of(Path option, Map<String, String> environment) {
        if (option != null) {
            return new RunDir(option.toAbsolutePath().normalize());
        }
        String named = environment.getOrDefault(VARIABLE, "");
        String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
        Path path;
        if (!named.isBlank()) {
            path = Path.of(named);
        } else if (!runtime.isBlank()) {
            path = Path.of(runtime, "softpath");
        } else {
            path = Path.of("/tmp/softpath-" + CurrentProcess.uid());
        }
        return new RunDir(path.toAbsolutePath().normalize());
    }

    /** The socket that stands for any unit. */
    Path anyUnit() {
        return path.resolve(ANY_UNIT);
    }

    Path log() {
        return path.resolve(DAEMON_LOG);
    }

    /** The process that serves this directory now, as the kernel names it. */
    Optional<PeerCredentials> daemon() {
        if (!Files.exists(anyUnit())) {
            return Optional.empty();
        }
        try (SeqPacketSocket socket = SeqPacketSocket.connect(anyUnit())) {
            return Optional.of(socket.peer());
        } catch (SoftpathException e) {
            return Optional.empty();
        }
    }

    /** Does a living process hold this lock file? A missing one is not held by anybody. */
    static boolean isLocked(Path lockFile) {
        return Files.exists(lockFile) && !whileLocked(lockFile, () -> {});
    }

    /** What is done under a lock. */
    @FunctionalInterface
    interface Action {
        void run() throws IOException;
    }

    /**
     * Does something while nobody can hold this lock file; nothing if somebody does.
     *
     * @return whether it was done
     */
    static boolean whileLocked(Path lockFile, Action action) {
        try (FileChannel channel =
                        FileChannel.open(
                                lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock == null) {
                return false;
            }
            action.run();
            return true;
        } catch (IOException | OverlappingFileLockException e) {
            return false; // not ours to judge, so not ours to touch
        }
    }
}

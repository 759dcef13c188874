package io.softpath.linux;

import io.softpath.fault.FaultPoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/** A listening {@code AF_UNIX} sequenced-packet socket at a path. Never blocks. Any thread. */
public final class SeqPacketListener implements AutoCloseable {
    private final Fd fd;
    private final Path path;

    private SeqPacketListener(Fd fd, Path path) {
        this.fd = fd;
        this.path = path;
    }

    /**
     * Makes the socket file with exactly these permissions; it is never wider for a moment, and
     * nobody can connect before they are set.
     *
     * @param path at most 107 bytes; must not exist
     * @param permissions who may connect: those with write permission
     * @param backlog connections that may wait for {@link #accept}
     * @throws io.softpath.error.SoftpathException EADDRINUSE if the path exists; ENOENT, EACCES of
     *     the directory; ENAMETOOLONG
     */
    public static SeqPacketListener listen(
            Path path, Set<PosixFilePermission> permissions, int backlog) {
        Fd fd = SocketAddress.socket(SocketAddress.SOCK_NONBLOCK, "socket:" + path);
        boolean bound = false;
        int number = fd.enter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = SocketAddress.of(path, arena);
            // the file's first mode is that of the socket, less the umask
            NativeCalls.check(
                    "fchmod", NativeCalls.callInt(NativeCalls.FCHMOD, number, 0600, 0), fd.name());
            NativeCalls.check(
                    "bind",
                    NativeCalls.callInt(
                            NativeCalls.BIND, number, address.address(), address.byteSize()),
                    "path=" + path);
            bound = true;
            Files.setPosixFilePermissions(path, permissions);
            NativeCalls.check(
                    "listen",
                    NativeCalls.callInt(NativeCalls.LISTEN, number, backlog, 0),
                    "path=" + path);
            return new SeqPacketListener(fd, path);
        } catch (IOException | RuntimeException e) {
            fd.close();
            if (bound) {
                deleteQuietly(path, e);
            }
            throw e instanceof RuntimeException r ? r : new UncheckedIOException((IOException) e);
        } finally {
            fd.leave();
        }
    }

    private static void deleteQuietly(Path path, Exception cause) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /**
     * Takes the next waiting connection.
     *
     * @return null if none waits
     * @throws io.softpath.error.SoftpathException EMFILE, ENFILE, ENOMEM: the connection keeps
     *     waiting
     */
    public SeqPacketSocket accept() {
        int number = fd.enter();
        try {
            while (true) {
                int result =
                        NativeCalls.callInt(
                                FaultPoint.SOCKET_ACCEPT,
                                NativeCalls.ACCEPT4,
                                number,
                                0,
                                0,
                                SocketAddress.SOCK_CLOEXEC,
                                0,
                                0);
                if (result == -NativeCalls.EAGAIN) {
                    return null;
                }
                if (result != -NativeCalls.EINTR && result != -NativeCalls.ECONNABORTED) {
                    NativeCalls.check("accept4", result, fd);
                    return new SeqPacketSocket(Fd.own(result, "accepted:" + path));
                }
            }
        } finally {
            fd.leave();
        }
    }

    public Fd fd() {
        return fd;
    }

    public Path path() {
        return path;
    }

    /**
     * Stops listening; the file stays, because only its owner knows whether it is still this one.
     */
    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return fd.toString();
    }
}

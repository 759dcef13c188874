package io.softpath.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.softpath.fault.FaultPoint;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** struct sockaddr_un: family, then the path and a zero byte; and the plain {@code socket} call. */
final class SocketAddress {
    static final int AF_UNIX = 1;
    static final int SOCK_SEQPACKET = 5;
    static final int SOCK_CLOEXEC = 0x80000;
    static final int SOCK_NONBLOCK = 0x800;

    /** 108 bytes in all, one for the end. */
    private static final int MAX_PATH_BYTES = 107;

    private static final int PATH = 2;

    private SocketAddress() {}

    static MemorySegment of(Path path, Arena arena) {
        byte[] bytes = path.toString().getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length > MAX_PATH_BYTES) {
            throw NativeCalls.failure(
                    "socket address",
                    NativeCalls.ENAMETOOLONG,
                    "path="
                            + path
                            + " bytes="
                            + bytes.length
                            + " bound="
                            + MAX_PATH_BYTES
                            + " remedy=\"choose a shorter run directory\"");
        }
        MemorySegment address = arena.allocate(PATH + bytes.length + 1, 8);
        address.set(JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(bytes, 0, address, JAVA_BYTE, PATH, bytes.length);
        return address;
    }

    static Fd socket(int flags, String name) {
        long number =
                NativeCalls.check(
                        "socket",
                        NativeCalls.callInt(
                                FaultPoint.SOCKET_CREATE,
                                NativeCalls.SOCKET,
                                AF_UNIX,
                                SOCK_SEQPACKET | SOCK_CLOEXEC | flags,
                                0,
                                0,
                                0,
                                0),
                        name);
        return Fd.own((int) number, name);
    }
}

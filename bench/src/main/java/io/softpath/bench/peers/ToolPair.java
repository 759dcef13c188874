package io.softpath.bench.peers;

import io.softpath.bench.process.BenchFailure;
import io.softpath.bench.process.Child;
import io.softpath.bench.process.CpuPair;
import io.softpath.bench.process.Unavailable;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A measuring tool that is started twice, as a server and as a client of it, each on a CPU of its
 * own. What they tell each other of the measurement goes over TCP.
 */
final class ToolPair {
    private static final Duration START = Duration.ofSeconds(10);
    private static final Duration END = Duration.ofSeconds(60);
    private static final List<Path> SOCKETS =
            List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
    private static final String LISTENS = "0A";
    private static final int LOCAL_ADDRESS = 1;
    private static final int STATE = 3;

    private ToolPair() {}

    /**
     * Whether there is a program.
     *
     * @param packages what brings it
     * @throws Unavailable if there is none
     */
    static void require(String program, String packages) {
        for (String folder :
                System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) {
                return;
            }
        }
        throw new Unavailable("there is no " + program + ": apt-get install " + packages);
    }

    /**
     * Runs both and returns what the client says.
     *
     * @param portOption of the server, and of the client
     * @throws BenchFailure if one of them fails or misses its deadline
     */
    static List<String> run(
            List<String> server,
            List<String> client,
            List<String> portOption,
            Map<String, String> environment) {
        int port = freePort();
        List<String> serving = new ArrayList<>(server);
        serving.addAll(List.of(portOption.getFirst(), String.valueOf(port)));
        List<String> asking = new ArrayList<>(client);
        asking.addAll(List.of(portOption.getLast(), String.valueOf(port), "127.0.0.1"));
        try (Child one = start("server", false, serving, environment)) {
            awaitListening(port, one);
            try (Child other = start("client", true, asking, environment)) {
                List<String> said = other.awaitSuccess(END);
                one.awaitSuccess(START);
                return said;
            }
        }
    }

    /** A tool whose other side never comes would wait for ever, if nobody else ended it. */
    private static Child start(
            String role, boolean onFirst, List<String> command, Map<String, String> environment) {
        List<String> bounded = new ArrayList<>(List.of("timeout", END.toSeconds() + "s"));
        bounded.addAll(command);
        List<String> pinned =
                CpuPair.ofThisMachine().map(cpus -> cpus.command(onFirst, bounded)).orElse(bounded);
        return Child.startProgram(command.getFirst() + " " + role, environment, pinned);
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new BenchFailure("no port is free: " + e, e);
        }
    }

    private static void awaitListening(int port, Child server) {
        long end = System.nanoTime() + START.toNanos();
        while (SOCKETS.stream().noneMatch(file -> listens(file, port))) {
            if (!server.isAlive()) {
                server.awaitSuccess(START);
                throw new BenchFailure("a server ended before it was asked: port=" + port);
            }
            if (System.nanoTime() - end > 0) {
                throw new BenchFailure("nobody listens: port=" + port + " waited=" + START);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }

    private static boolean listens(Path file, int port) {
        try {
            return listens(Files.readAllLines(file), port);
        } catch (IOException _) {
            return false; // no such protocol here
        }
    }

    /** Whether somebody listens at a port, in the kernel's table of sockets. */
    static boolean listens(List<String> table, int port) {
        String suffix = ":%04X".formatted(port);
        return table.stream()
                .map(line -> line.strip().split("\\s+", -1))
                .anyMatch(words ->
                        words.length > STATE
                                && words[LOCAL_ADDRESS].endsWith(suffix)
                                && words[STATE].equals(LISTENS));
    }
}

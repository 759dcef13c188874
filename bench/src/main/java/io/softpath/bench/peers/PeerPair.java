package io.softpath.bench.peers;

import io.softpath.bench.process.Child;
import io.softpath.bench.process.CpuPair;
import io.softpath.bench.process.Findings;
import io.softpath.bench.process.Rounds;
import io.softpath.bench.process.TemporaryDirectory;
import io.softpath.bench.process.UserPair;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Two JVMs at the two ends of a peer, each on a CPU of its own. */
final class PeerPair {
    private PeerPair() {}

    /**
     * One round of a measurement.
     *
     * @param main of both: it is told its role, the peer, a directory, how long is measured, and
     *     the rest
     * @param measuring the role of the one that connects, measures and prints findings
     * @param serving the role of the other
     */
    static Findings round(
            Class<?> main,
            String measuring,
            String serving,
            Peer peer,
            Rounds rounds,
            String... rest) {
        try (TemporaryDirectory directory = TemporaryDirectory.makeInMemory()) {
            List<String> arguments =
                    new ArrayList<>(
                            List.of(peer.name(), directory.path().toString(), rounds.millis()));
            arguments.addAll(List.of(rest));
            try (Child second = start(main, serving, arguments);
                    Child first = start(main, measuring, arguments)) {
                UserPair pair = UserPair.awaitReady(first, second);
                CpuPair.ofThisMachine().ifPresent(cpus -> cpus.pin(first, second));
                return pair.measure(rounds.times(30));
            }
        }
    }

    private static Child start(Class<?> main, String role, List<String> arguments) {
        List<String> all = new ArrayList<>(List.of(role));
        all.addAll(arguments);
        return Child.start(role, Map.of(), main.getName(), all);
    }
}

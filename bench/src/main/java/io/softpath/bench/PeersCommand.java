package io.softpath.bench;

import io.softpath.bench.peers.PeersBench;
import io.softpath.bench.report.Machine;
import io.softpath.bench.report.Report;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.concurrent.Callable;

/** {@code softpath bench peers}: others that pass messages between processes. */
@Command(
        name = "peers",
        description = {
            "Measures others that pass messages between two processes, beside softpath's direct"
                    + " path.",
            "Aeron IPC, Agrona's rings in a mapped file, Chronicle Queue, a Unix socket, TCP over"
                + " loopback, a pipe: eight bytes there and back, the same warm-up, the same clock,"
                + " all of them and the floor in each round. softpath matches tags besides; the"
                + " others do not."
        })
final class PeersCommand implements Callable<Integer> {
    @Mixin private ReportOptions options;

    @Override
    public Integer call() {
        Machine machine = Machine.here();
        PeersBench bench = new PeersBench(options.rounds());
        options.print(
                new Report(machine, bench.run()),
                "Each waits as those do who want its least latency: all but the pipe spin.");
        return 0;
    }
}

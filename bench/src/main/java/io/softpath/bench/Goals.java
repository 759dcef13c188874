package io.softpath.bench;

import static io.softpath.bench.report.Goal.atLeast;
import static io.softpath.bench.report.Goal.atMost;

import io.softpath.bench.report.Goal;

import java.util.List;

/** What is asked of softpath, as ratios: a time would be a goal for one machine. */
final class Goals {
    private static final String FLOOR = "floor.handover.rtt";
    private static final String RTT = "mq.direct.rtt.8B";

    static final List<Goal> ALL =
            List.of(
                    atMost("chip.self.rtt", FLOOR, 2),
                    atMost("mq.alone.rtt.8B", FLOOR, 3),
                    atMost(RTT, FLOOR, 2),
                    atMost(RTT, "peer.aeron-ipc.rtt.8B", 0.6),
                    atMost(RTT, "peer.ucx-posix.rtt.8B", 1),
                    atLeast("peer.chronicle-queue.rtt.8B", RTT, 3),
                    atLeast("mq.direct.rate.8B", "peer.aeron-ipc.rate.8B", 1),
                    atLeast("mq.direct.rate.64B", "peer.aeron-ipc.rate.64B", 1),
                    atLeast("mq.direct.rate.8B", "peer.ucx-posix.rate.8B", 1),
                    atLeast("mq.direct.rate.64B", "peer.ucx-posix.rate.64B", 1),
                    atLeast("mq.direct.bandwidth.64KiB", "peer.ucx-posix.bandwidth.64KiB", 1),
                    atLeast("mq.direct.bandwidth.1MiB", "peer.ucx-posix.bandwidth.1MiB", 1),
                    atLeast("mq.direct.bandwidth.64KiB", "peer.ucx-cma.bandwidth.64KiB", 1),
                    atLeast("mq.direct.bandwidth.1MiB", "peer.ucx-cma.bandwidth.1MiB", 1),
                    atLeast("mq.direct.bandwidth.64KiB", "memcpy.64KiB", 0.8),
                    atLeast("mq.direct.bandwidth.1MiB", "memcpy.1MiB", 0.8),
                    atMost("scale.chip.16ctx", "scale.chip.1ctx", 1.3),
                    atMost("scale.chip.active.16ctx", "scale.chip.active.1ctx", 1.3));

    private Goals() {}
}

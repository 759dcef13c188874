package io.softpath.daemon.link;

import io.softpath.abi.packet.Rhf;
import io.softpath.daemon.chip.Packet;
import io.softpath.daemon.chip.Wire;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;

import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/**
 * A link that loses packets, sends them twice, lets them be overtaken, spoils or delays them, as
 * often as it is told and always alike for one seed.
 *
 * <p>What it holds are copies. A wrong CRC is what a chip sees of a spoilt packet: it tells its
 * user, who must not believe a bit of it.
 */
public final class FaultyLink implements Link {
    /** Copies that it holds at most; more are lost, as they would be in a switch. */
    private static final int MAX_HELD = 8192;

    /** A packet that is overtaken comes so much later at most, if nothing is delayed. */
    private static final long OVERTAKEN_NS = 100_000;

    /** When to offer a packet again that its chip had no room for. */
    private static final long AGAIN_NS = 100_000;

    /** Of a packet that a plan delays without saying how long. */
    private static final long PLANNED_DELAY_NS = 1_000_000;

    private final Wire behind;
    private final LinkTrouble trouble;
    private final LongSupplier nanoClock;
    private final SplittableRandom random;
    private final PriorityQueue<Held> held =
            new PriorityQueue<>((a, b) ->
                    a.dueNs != b.dueNs
                            ? Long.signum(a.dueNs - b.dueNs)
                            : Long.compare(a.number, b.number));

    /** A chip had no room for the first; until then nothing is offered. */
    private boolean waiting;

    private long againNs;
    private long numbered;
    private long lost;
    private long doubled;
    private long overtaken;
    private long spoilt;
    private long passed;

    private record Held(long dueNs, long number, Packet packet) {}

    /**
     * @param behind where packets go in the end
     */
    public FaultyLink(Wire behind, LinkTrouble trouble, LongSupplier nanoClock) {
        this.behind = behind;
        this.trouble = trouble;
        this.nanoClock = nanoClock;
        random = new SplittableRandom(trouble.seed());
    }

    /** By chance, or because a plan says so. */
    private boolean happens(double part, FaultPoint point) {
        return part > 0 && random.nextDouble() < part || Faults.strikes(point);
    }

    @Override
    public Outcome transmit(Packet packet) {
        if (happens(trouble.drop(), FaultPoint.LINK_DROP)) {
            lost++;
            return Outcome.SENT;
        }
        if (happens(trouble.corrupt(), FaultPoint.LINK_CORRUPT)) {
            spoilt++;
            packet.addRhfErrors(Rhf.ICRCERR);
        }
        if (happens(trouble.duplicate(), FaultPoint.LINK_DUPLICATE)) {
            doubled++;
            hold(packet, trouble.delayNs());
        }
        if (happens(trouble.reorder(), FaultPoint.LINK_REORDER)) {
            overtaken++;
            hold(
                    packet,
                    trouble.delayNs()
                            + 1
                            + random.nextLong(Math.max(OVERTAKEN_NS, trouble.delayNs())));
            return Outcome.SENT;
        }
        long delayNs = trouble.delayNs() + plannedDelayNs();
        if (delayNs > 0) {
            hold(packet, delayNs);
            return Outcome.SENT;
        }
        passed++;
        return behind.transmit(packet);
    }

    private static long plannedDelayNs() {
        long ns = Faults.strikeNs(FaultPoint.LINK_DELAY);
        return ns == Faults.NO ? 0 : ns == Faults.FOREVER ? PLANNED_DELAY_NS : ns;
    }

    private void hold(Packet packet, long timeNs) {
        if (held.size() >= MAX_HELD) {
            lost++;
            return;
        }
        held.add(new Held(nanoClock.getAsLong() + timeNs, numbered++, packet.copy()));
    }

    @Override
    public int poll() {
        if (held.isEmpty()) {
            return 0;
        }
        int delivered = 0;
        long now = nanoClock.getAsLong();
        if (waiting && now - againNs < 0) {
            return 0;
        }
        waiting = false;
        while (!held.isEmpty() && held.peek().dueNs - now <= 0) {
            if (behind.transmit(held.peek().packet) == Outcome.BACK_PRESSURE) {
                waiting = true;
                againNs = now + AGAIN_NS;
                break;
            }
            held.poll();
            passed++;
            delivered++;
        }
        return delivered;
    }

    @Override
    public long nextDueNs() {
        if (held.isEmpty()) {
            return Long.MAX_VALUE;
        }
        return waiting ? againNs : held.peek().dueNs;
    }

    /** What it has done, for people. */
    @Override
    public String toString() {
        return String.format(
                "link: passed=%d lost=%d doubled=%d overtaken=%d spoilt=%d held=%d (%s)",
                passed, lost, doubled, overtaken, spoilt, held.size(), trouble);
    }
}

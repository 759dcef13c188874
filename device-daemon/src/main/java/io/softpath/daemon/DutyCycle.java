package io.softpath.daemon;

import io.softpath.abi.register.DriverCounter;
import io.softpath.daemon.chip.Chip;
import io.softpath.daemon.control.ControlServer;
import io.softpath.daemon.control.UnitDriver;
import io.softpath.daemon.link.Link;

import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentTerminationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.lang.invoke.VarHandle;
import java.util.List;

/**
 * The work of the daemon's one thread: a look at every chip, again and again, and now and then at
 * the control channel.
 *
 * <p>A chip whose code fails is frozen, which its users see in the status words; the other units
 * and the daemon go on.
 */
public final class DutyCycle implements Agent {
    private static final Logger LOG = LoggerFactory.getLogger(DutyCycle.class);

    /**
     * How long one look at the sockets may take: most take less, a flood of dear requests is spread
     * over many looks, with packets in between.
     */
    private static final long LOOK_NS = 100_000L;

    private static final long NAP_NS = 500_000L;
    private static final long PUBLISH_INTERVAL_NS = 10_000_000L;
    private static final long FOREVER = -1;

    private final UnitDriver[] units;
    private final Chip[] chips;
    private final ControlServer control;
    private final UnitStatistics[] statistics;
    private final Link link;
    private final LookSchedule looks = new LookSchedule(System::nanoTime);
    private long nextPublishNs;
    private boolean unpublished;
    private volatile boolean stopping;

    /**
     * @param statistics of the units, by number
     * @param link between the chips
     */
    DutyCycle(
            List<UnitDriver> units,
            ControlServer control,
            List<UnitStatistics> statistics,
            Link link) {
        this.link = link;
        this.units = units.toArray(UnitDriver[]::new);
        this.chips = units.stream().map(UnitDriver::chip).toArray(Chip[]::new);
        this.control = control;
        this.statistics = statistics.toArray(UnitStatistics[]::new);
    }

    @Override
    public String roleName() {
        return "softpath-daemon";
    }

    @Override
    public int doWork() {
        return cycle(LOOK_NS);
    }

    private int cycle(long lookNs) {
        int work = pollChips(false);
        if (looks.isDue(work)) {
            work += lookAround(0, lookNs);
            if (stopping) {
                throw new AgentTerminationException();
            }
        }
        unpublished |= work > 0;
        return work;
    }

    /** One duty cycle that looks at everything, sockets included. */
    int doWorkNow() {
        looks.now();
        return cycle(Long.MAX_VALUE);
    }

    private int pollChips(boolean sweep) {
        int work = link.poll();
        for (int i = 0; i < chips.length; i++) {
            try {
                work += sweep ? chips[i].sweep() : chips[i].poll();
            } catch (RuntimeException e) {
                LOG.error("unit={}: the chip failed and is frozen", units[i].number(), e);
                statistics[i].record(e);
                units[i].freeze("internal error of the chip: " + e);
            }
            if (units[i].undelivered()) {
                units[i].deliver();
            }
        }
        return work;
    }

    /** Sockets, deadlines, counters. */
    private int lookAround(long timeoutNs, long lookNs) {
        long start = System.nanoTime();
        int work = control.poll(timeoutNs, lookNs);
        long now = System.nanoTime();
        looks.looked(timeoutNs == 0 ? start : now, now); // waiting is no part of it
        for (UnitDriver unit : units) {
            unit.checkDeadlines(now);
        }
        if (unpublished && now - nextPublishNs >= 0) {
            publishNow(now);
        }
        return work;
    }

    private void publishNow(long now) {
        unpublished = false;
        nextPublishNs = now + PUBLISH_INTERVAL_NS;
        for (UnitStatistics each : statistics) {
            each.publish();
        }
    }

    /**
     * Sleeps until somebody rings, asks or connects. Users are told first that the chips sleep; a
     * launch from before they could know is found by one more sweep. If somebody has a context and
     * will not ring, this is a nap.
     */
    int sleep() {
        for (UnitDriver unit : units) {
            unit.page().asleep(true);
        }
        VarHandle.fullFence();
        int work = 0;
        try {
            work = pollChips(true);
            if (work == 0 && !undelivered()) {
                if (unpublished) {
                    publishNow(System.nanoTime());
                }
                units[0].count(DriverCounter.SLEEPS);
                work = lookAround(sleepNs(), LOOK_NS);
                looks.now();
            }
        } finally {
            for (UnitDriver unit : units) {
                unit.page().asleep(false);
            }
        }
        unpublished |= work > 0;
        return work;
    }

    /** Telling one user can close another, whose last packets then wake a third. */
    private boolean undelivered() {
        for (UnitDriver unit : units) {
            if (unit.undelivered()) {
                return true;
            }
        }
        return false;
    }

    private long sleepNs() {
        long now = System.nanoTime();
        long sleep = FOREVER;
        for (UnitDriver unit : units) {
            long deadline = unit.nextDeadlineNs();
            if (deadline != Long.MAX_VALUE) {
                sleep = shorter(sleep, Math.max(0, deadline - now));
            }
            if (unit.mustNap()) {
                sleep = shorter(sleep, NAP_NS);
            }
        }
        if (link.nextDueNs() != Long.MAX_VALUE) {
            sleep = shorter(sleep, Math.max(0, link.nextDueNs() - now));
        }
        return shorter(sleep, control.nextDeadlineNs(now));
    }

    private static long shorter(long a, long b) {
        if (a == FOREVER) {
            return b;
        }
        return b == FOREVER ? a : Math.min(a, b);
    }

    /** Ends the duty cycle soon; any thread. */
    void stop() {
        stopping = true;
        control.wake();
    }
}

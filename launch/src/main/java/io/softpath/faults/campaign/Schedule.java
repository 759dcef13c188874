package io.softpath.faults.campaign;

import io.softpath.fault.FaultAction;
import io.softpath.faults.plan.Planned;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** The faults of one round: they follow from the campaign's seed and the round's number alone. */
final class Schedule {
    private static final long GOLDEN = 0x9e37_79b9_7f4a_7c15L;
    private static final int FIRST_MS = 50;
    private static final int MOST_PAUSE_MS = 400;
    private static final int MOST_UNIT_MS = 200;

    private Schedule() {}

    /** Random numbers of a round, for one purpose. */
    static SplittableRandom random(long seed, int round, int purpose) {
        return new SplittableRandom(seed ^ (round * 1009L + purpose) * GOLDEN);
    }

    static List<Fault> of(Settings settings, int round) {
        SplittableRandom random = random(settings.seed(), round, 0);
        List<Fault> faults = new ArrayList<>();
        Rates rates = settings.rates();
        add(faults, random, settings, FaultKind.KILL, rates.kills());
        add(faults, random, settings, FaultKind.PAUSE, rates.pauses());
        add(faults, random, settings, FaultKind.KILL_DAEMON, rates.daemonKills());
        add(faults, random, settings, FaultKind.LINK_DOWN, rates.linkDowns());
        add(faults, random, settings, FaultKind.FREEZE, rates.freezes());
        settings.plan().byTime().forEach(each -> plan(faults, random, settings, each));
        faults.sort(Comparator.comparingLong(Fault::atMs));
        return faults;
    }

    /** As often as the plan says, as far as it is within the round. */
    private static void plan(
            List<Fault> faults, SplittableRandom random, Settings settings, Planned.ByTime fault) {
        long ns = fault.earliestNs();
        if (fault.latestNs() > ns) {
            ns = random.nextLong(ns, fault.latestNs() + 1);
        }
        for (int i = 0; i < fault.times(); i++) {
            long atMs = TimeUnit.NANOSECONDS.toMillis(ns + i * fault.everyNs());
            if (atMs >= settings.roundMs()) {
                return;
            }
            switch (fault.target().kind()) {
                case RANK -> faults.add(fault(atMs, fault.action(), fault.target().rank()));
                case ANY_RANK ->
                        faults.add(fault(atMs, fault.action(), random.nextInt(settings.ranks())));
                case EVERY_RANK -> {
                    for (int rank = 0; rank < settings.ranks(); rank++) {
                        faults.add(fault(atMs, fault.action(), rank));
                    }
                }
                case DAEMON -> faults.add(fault(atMs, fault.action(), Fault.DAEMON));
            }
        }
    }

    private static Fault fault(long atMs, FaultAction action, int target) {
        if (action instanceof FaultAction.Stop stop) {
            int ms = (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(stop.ns()));
            return new Fault(atMs, FaultKind.PAUSE, target, ms);
        }
        FaultKind kind = target == Fault.DAEMON ? FaultKind.KILL_DAEMON : FaultKind.KILL;
        return new Fault(atMs, kind, target, 0);
    }

    /** As many as a rate says: the fraction is the chance of one more. */
    private static void add(
            List<Fault> faults,
            SplittableRandom random,
            Settings settings,
            FaultKind kind,
            double rate) {
        int count = (int) rate + (random.nextDouble() < rate - (int) rate ? 1 : 0);
        for (int i = 0; i < count; i++) {
            long at = random.nextLong(FIRST_MS, settings.roundMs());
            boolean ofUnit = kind == FaultKind.LINK_DOWN || kind == FaultKind.FREEZE;
            int targets = ofUnit ? settings.units() : settings.ranks();
            int ms =
                    switch (kind) {
                        case PAUSE -> 1 + random.nextInt(MOST_PAUSE_MS);
                        case LINK_DOWN, FREEZE -> 1 + random.nextInt(MOST_UNIT_MS);
                        default -> 0;
                    };
            faults.add(new Fault(at, kind, random.nextInt(targets), ms));
        }
    }
}

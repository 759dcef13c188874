package io.softpath.faults.campaign;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

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
        faults.sort(Comparator.comparingLong(Fault::atMs));
        return faults;
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

package io.softpath.faults.sim;

import io.softpath.psm.engine.DirectSettings;
import io.softpath.psm.engine.EngineSettings;
import io.softpath.psm.sim.SimWorld;

import java.util.SplittableRandom;

/**
 * Who takes part, and with what settings.
 *
 * @param members how many
 * @param hosts where each lives: members with the same number share memory; -1: alone
 * @param flips whether bits may flip: packets have a checksum then, and no TIDs are used
 */
record Setup(
        int members,
        int[] hosts,
        int credits,
        int rendezvousBytes,
        int directBytes,
        boolean tids,
        int windowBytes,
        int tidCount,
        boolean checkedFlows,
        boolean chipsGather,
        boolean flips) {
    static final int HOSTS = 2;
    private static final int RUNS_OF_A_MEMBER = 1000;

    static Setup of(SplittableRandom random) {
        int members = 2 + random.nextInt(random.nextBoolean() ? 2 : 4);
        int[] hosts = new int[members];
        for (int i = 0; i < members; i++) {
            hosts[i] = random.nextInt(HOSTS + 1) - 1;
        }
        boolean flips = random.nextInt(8) == 0;
        return new Setup(
                members,
                hosts,
                2 << random.nextInt(6),
                500 + random.nextInt(12_000),
                500 + random.nextInt(12_000),
                !flips && random.nextInt(8) > 0,
                4096 + random.nextInt(20_000),
                12 << random.nextInt(5),
                random.nextInt(3) > 0,
                random.nextBoolean(),
                flips);
    }

    EngineSettings settings(int member, int incarnation) {
        return EngineSettings.of(SimWorld.JOB, "sim", runId(member, incarnation))
                .credits(credits)
                .rendezvousBytes(rendezvousBytes)
                .tids(tids, windowBytes)
                .checksum(flips)
                .build();
    }

    static int runId(int member, int incarnation) {
        return (member + 1) * RUNS_OF_A_MEMBER + incarnation;
    }

    static int incarnationOf(int runId) {
        return runId % RUNS_OF_A_MEMBER;
    }

    DirectSettings ways() {
        return new DirectSettings(true, true, true, directBytes);
    }

    /** Whether the daemon of one member is the daemon of another one. */
    boolean sameDaemon(int one, int other) {
        return one == other || hosts[one] >= 0 && hosts[one] == hosts[other];
    }
}

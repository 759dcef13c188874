package io.softpath.faults.fuzz;

import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.register.DriverCounter;
import io.softpath.launch.PrivateDir;
import io.softpath.stat.StatError;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A daemon, two honest users, and hostile ones who do so many things; then all must be as if they
 * had never been. Everything follows from one seed.
 */
final class Round {
    /** Turns; each is some records of one kind. */
    private static final int TALK_EVERY = 6;

    private static final int LOOK_EVERY = 256;

    /** Packets and stores of one turn, which cost less than a request. */
    private static final int BATCH = 6;

    private static final int SETTLING_LOOKS = 24;

    private final long seed;
    private final Set<Target> targets;
    private final Coverage coverage;
    private final Plant plant;
    private final Dice dice;
    private final List<HostileUser> users = new ArrayList<>();
    private long done;
    private long honest;
    private long noise;

    Round(long seed, Set<Target> targets, Coverage coverage, Plant plant) {
        this.seed = seed;
        this.targets = targets;
        this.coverage = coverage;
        this.plant = plant;
        dice = new Dice(seed);
    }

    /** Hostile records so far. */
    long done() {
        return done;
    }

    /** Honest packets that arrived. */
    long honest() {
        return honest;
    }

    /** Hostile packets that reached the honest. */
    long noise() {
        return noise;
    }

    /**
     * Does so many hostile records.
     *
     * @throws Violation if anybody but those who sent them noticed
     */
    void run(long records) {
        int before = openDescriptors();
        ChipModel model = dice.of(ChipModel.ALL);
        try (PrivateDir directory = PrivateDir.create();
                Arena arena = Arena.ofConfined();
                InProcess machine = new InProcess(directory.path().resolve("run"), model, plant)) {
            try (HonestPair pair = new HonestPair(machine)) {
                attack(machine, pair, arena, records);
                settle(machine, pair);
            }
            Verdicts.addTo(coverage, model, machine.chipCounters());
        } catch (Violation e) {
            throw e;
        } catch (RuntimeException e) {
            throw new Violation("round seed=" + seed + " model=" + model.name() + ": " + e, e);
        }
        int after = openDescriptors();
        if (after > before) {
            throw new Violation("descriptors before=" + before + " after=" + after);
        }
    }

    /** What a daemon or a client could leave open; what the JVM opens when it likes aside. */
    private static int openDescriptors() {
        int open = 0;
        for (String fd : new File("/proc/self/fd").list()) {
            open += isOurs(Path.of("/proc/self/fd", fd)) ? 1 : 0;
        }
        return open;
    }

    private static boolean isOurs(Path fd) {
        try {
            String file = Files.readSymbolicLink(fd).toString();
            return file.startsWith("socket:")
                    || file.startsWith("anon_inode:")
                    || file.startsWith("/memfd:");
        } catch (IOException e) {
            return false; // closed since it was listed
        }
    }

    private void attack(InProcess machine, HonestPair pair, Arena arena, long records) {
        Map<Target, Attack> attacks = attacks(machine, pair, arena);
        List<Target> kinds = List.copyOf(attacks.keySet());
        Collection<Attack> all = attacks.values();
        try {
            sabotage(machine, pair);
            int turns = 0;
            while (done < records) {
                Target kind = dice.of(kinds);
                for (int i = kind == Target.control ? 1 : BATCH; i > 0; i--) {
                    int some = attacks.get(kind).some();
                    coverage.did(kind, some);
                    done += some;
                }
                if (++turns % TALK_EVERY == 0) {
                    pair.talk(dice);
                    machine.work();
                    grantSecret(pair);
                }
                if (turns % LOOK_EVERY == 0) {
                    machine.assertThawed();
                }
            }
            machine.sweep();
            pair.talk(dice);
            release(machine, pair);
            all.forEach(Attack::finish);
        } finally {
            all.forEach(Attack::close);
            users.forEach(HostileUser::close);
        }
    }

    private Map<Target, Attack> attacks(InProcess machine, HonestPair pair, Arena arena) {
        if (!EnumSet.of(Target.control, Target.direct, Target.grants).containsAll(targets)) {
            users.add(new HostileUser(machine, 0, true));
            users.add(new HostileUser(machine, 0, false));
        }
        Map<Target, Attack> attacks = new EnumMap<>(Target.class);
        for (Target target : targets) {
            Attack attack =
                    switch (target) {
                        case control -> new ControlAttack(machine, dice, coverage, arena, plant);
                        case pio ->
                                new PioAttack(
                                        machine,
                                        dice,
                                        coverage,
                                        users,
                                        List.of(
                                                PioAttack.Place.of(pair.a),
                                                PioAttack.Place.of(pair.b)));
                        case registers -> new RegisterAttack(machine, dice, coverage, users);
                        case rcvhdrq -> new QueueAttack(machine, dice, coverage, users);
                        case tids -> new TidAttack(machine, dice, coverage, users.getFirst());
                        case direct -> new DirectAttack(dice, coverage);
                        case grants -> new GrantAttack(dice, coverage);
                    };
            attacks.put(target, attack);
        }
        return attacks;
    }

    /** Puts in what somebody must notice. */
    private void sabotage(InProcess machine, HonestPair pair) {
        switch (plant) {
            case LEAKED_CONTEXT -> new HostileUser(machine, 0, false);
            case FROZEN_UNIT -> pair.a.admin(ControlRecord.ADMIN_FREEZE, 0);
            default -> {
                // Daemon, link or client have it.
            }
        }
    }

    private void grantSecret(HonestPair pair) {
        for (int unit = 0; plant == Plant.GRANTED_SECRET && unit < Machine.UNITS; unit++) {
            pair.a.grantAll(unit, HonestPair.SECRET_HANDLE);
        }
    }

    /** The unit that may be stopped goes on, so that whoever waits for it is answered. */
    private static void release(InProcess machine, HonestPair pair) {
        pair.a.admin(ControlRecord.ADMIN_THAW, Machine.PLAYGROUND);
        pair.a.admin(ControlRecord.ADMIN_LINK_UP, Machine.PLAYGROUND);
        pair.a.admin(ControlRecord.ADMIN_RELEASE_SENDS, Machine.PLAYGROUND);
        machine.work();
    }

    private void settle(InProcess machine, HonestPair pair) {
        for (int i = 0; i < SETTLING_LOOKS; i++) {
            pair.talk(dice);
            machine.sweep();
            machine.work();
        }
        pair.finish();
        machine.assertThawed();
        honest = pair.received();
        noise = pair.noise();
        is("open files", HonestPair.USERS, machine.openFiles());
        is("contexts", HonestPair.USERS, machine.driverCounter(DriverCounter.CTXTS_OPEN));
        is("clients", HonestPair.USERS, machine.driverCounter(DriverCounter.CLIENTS_OPEN));
        is(
                "pages still pinned",
                0,
                machine.driverCounter(DriverCounter.PAGE_LOCKS)
                        - machine.driverCounter(DriverCounter.PAGE_UNLOCKS));
        is("pieces of memory", HonestPair.USERS, machine.driverCounter(DriverCounter.MEM_REGIONS));
        for (int unit = 0; unit < Machine.UNITS; unit++) {
            List<StatError> errors = pair.a.statistics(unit).errors();
            if (!errors.isEmpty()) {
                throw new Violation("the daemon had an error: " + errors.getFirst().text());
            }
        }
    }

    private static void is(String what, long expected, long found) {
        if (expected != found) {
            throw new Violation(
                    "when the hostile ones are gone: "
                            + what
                            + "="
                            + found
                            + " expected="
                            + expected);
        }
    }
}

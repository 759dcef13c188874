package io.softpath.faults.fuzz;

import static io.softpath.faults.fuzz.Coverage.Need;

import io.softpath.abi.psm.EndpointId;
import io.softpath.abi.psm.PsmError;
import io.softpath.driver.DeviceOptions;
import io.softpath.error.SoftpathException;
import io.softpath.psm.Endpoint;
import io.softpath.psm.EndpointOptions;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Joins the job of the honest as one of them, connects to those of its host, and then writes
 * anything anywhere into the memory that it shares with each, while they read it in processes of
 * their own.
 */
final class PairAttack implements Attack {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int LIFE = 2_000;
    private static final int BURST = 16;
    private static final int UNIT = 0;

    private final Dice dice;
    private final EndpointOptions options;
    private final List<EndpointId> honest;
    private final DirectScribbler scribbler;
    private final Coverage.Row opened;
    private final List<PairMemory> pairs = new ArrayList<>();
    private Endpoint endpoint;
    private int age;

    /**
     * @param all the endpoints of the job
     */
    PairAttack(Path directory, Dice dice, Coverage coverage, UUID job, List<EndpointId> all) {
        this.dice = dice;
        options =
                EndpointOptions.ofJob(job)
                        .withDevice(
                                DeviceOptions.fromEnvironment()
                                        .withDirectory(directory)
                                        .withUnit(UNIT));
        honest = all.stream().filter(id -> id.lid() == 1 + UNIT).toList();
        scribbler = new DirectScribbler(dice, coverage);
        opened = coverage.row("direct memory", "opened with an honest process", Need.ACCEPTED);
    }

    @Override
    public int some() {
        if (endpoint == null || age >= LIFE) {
            begin();
            return 1;
        }
        PairMemory pair = dice.of(pairs);
        scribbler.attach(pair.segment(), pair.sideOf(endpoint.id()));
        for (int i = 0; i < BURST; i++) {
            long taken = scribbler.taken();
            Coverage.Row row = scribbler.write();
            if (dice.oneIn(BURST)) {
                Thread.yield(); // else most is written over before anybody has read it
            }
            row.count(scribbler.taken() != taken ? Coverage.OK : Coverage.WRITTEN);
        }
        age += BURST;
        if (!scribbler.isHeard() && dice.oneIn(BURST)) {
            age = LIFE; // it has been found out, or has said so itself
        }
        return BURST;
    }

    /** An endpoint whose predecessor the honest may have put out of the job. */
    private void begin() {
        close();
        Set<Long> before = PairMemory.inodes();
        try {
            endpoint = Endpoint.open(options);
        } catch (SoftpathException.Exhausted e) {
            opened.count(e.errno().name()); // its other attacks hold all that there is
            return;
        }
        age = 0;
        for (Endpoint.Connected each : endpoint.connect(honest, PATIENCE)) {
            if (each.outcome() == PsmError.EPID_NETWORK_ERROR
                    || each.peer() != null && each.peer().failure() != null) {
                opened.count("GONE"); // who waits for it says why
                close();
                return;
            }
            if (each.outcome() != PsmError.OK) {
                throw new Violation(
                        "an honest process does not answer: " + each.id() + " " + each.outcome());
            }
            if (!each.peer().isDirect()) {
                throw new Violation("no direct way: " + each.peer().whyNotDirect());
            }
            opened.count(Coverage.OK);
        }
        for (PairMemory each : PairMemory.all()) {
            if (!before.contains(each.inode())) {
                pairs.add(each);
            }
        }
        if (pairs.size() != honest.size()) {
            throw new Violation("pairs=" + pairs.size() + " connected=" + honest.size());
        }
    }

    @Override
    public void finish() {
        // Nobody owes it an answer.
    }

    /** It is gone without a word. */
    @Override
    public void close() {
        pairs.clear();
        if (endpoint != null) {
            endpoint.close();
            endpoint = null;
        }
    }
}

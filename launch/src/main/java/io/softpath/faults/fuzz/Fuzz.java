package io.softpath.faults.fuzz;

import io.softpath.abi.model.ChipModel;

import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A run: rounds, one after the other, until there were records, or time, enough. */
final class Fuzz {
    /** Records of a round, after which everything is looked at and begun anew. */
    static final long ROUND_RECORDS = 50_000;

    private final long seed;
    private final Set<Target> targets;
    private final Plant plant;
    private final Coverage coverage = new Coverage();
    private long records;
    private long honest;
    private long noise;
    private long messages;
    private int lives;
    private int rounds;
    private long elapsedNs;

    /**
     * How a run ended.
     *
     * @param violation what went wrong; empty if nothing
     * @param repeat the command that does the round again in which it did
     */
    record Outcome(String violation, String repeat, Throwable cause) {
        boolean isGood() {
            return violation.isEmpty();
        }
    }

    Fuzz(long seed, Set<Target> targets, Plant plant) {
        this.seed = seed;
        this.targets = targets;
        this.plant = plant;
    }

    /**
     * Runs.
     *
     * @param firstRound the number of the round to begin with
     * @param wanted hostile records
     * @param limitNs how long at most
     * @param progress is told after each round
     */
    Outcome run(int firstRound, long wanted, long limitNs, Consumer<Fuzz> progress) {
        long start = System.nanoTime();
        while (records < wanted && elapsedNs < limitNs) {
            int number = firstRound + rounds;
            Round round = new Round(Dice.seed(seed, number), targets, coverage, plant);
            try {
                round.run(Math.min(ROUND_RECORDS, wanted - records));
            } catch (Violation e) {
                records += round.done();
                elapsedNs = System.nanoTime() - start;
                return new Outcome(e.getMessage(), repeat(number), e);
            }
            rounds++;
            records += round.done();
            honest += round.honest();
            noise += round.noise();
            elapsedNs = System.nanoTime() - start;
            progress.accept(this);
        }
        return new Outcome("", "", null);
    }

    /**
     * Has hostile processes do so many records to a daemon of each model.
     *
     * @param progress is told after each model
     */
    Outcome runProcesses(long wanted, Consumer<Fuzz> progress) {
        long start = System.nanoTime();
        for (ChipModel model : ChipModel.ALL) {
            Processes processes =
                    new Processes(seed, model, coverage, plant, Processes.LIFE_RECORDS);
            try {
                processes.run(wanted);
            } catch (Violation e) {
                return new Outcome(
                        "model=" + model.name() + " " + e.getMessage(),
                        "softpath faults fuzz --seed "
                                + seed
                                + " --records 1 --process-records "
                                + wanted,
                        e);
            } finally {
                records += processes.records();
                messages += processes.honest();
                lives += processes.lives();
                elapsedNs += System.nanoTime() - start;
                start = System.nanoTime();
            }
            progress.accept(this);
        }
        return new Outcome("", "", null);
    }

    private String repeat(int round) {
        return "softpath faults fuzz --in-process --seed "
                + seed
                + " --round "
                + round
                + " --records "
                + ROUND_RECORDS
                + " --target "
                + String.join(",", targets.stream().map(Target::name).sorted().toList());
    }

    long seed() {
        return seed;
    }

    Coverage coverage() {
        return coverage;
    }

    long records() {
        return records;
    }

    long honest() {
        return honest;
    }

    /** Messages that honest processes exchanged. */
    long messages() {
        return messages;
    }

    /** Hostile processes. */
    int lives() {
        return lives;
    }

    long noise() {
        return noise;
    }

    int rounds() {
        return rounds;
    }

    long perMinute() {
        return elapsedNs == 0 ? 0 : records * TimeUnit.MINUTES.toNanos(1) / elapsedNs;
    }

    long elapsedMs() {
        return TimeUnit.NANOSECONDS.toMillis(elapsedNs);
    }

    List<String> missing() {
        return coverage.missing();
    }
}

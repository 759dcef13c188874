package io.softpath.bench;

import io.softpath.bench.chip.ChipBench;
import io.softpath.bench.expected.ExpectedBench;
import io.softpath.bench.floor.FloorBench;
import io.softpath.bench.idle.IdleBench;
import io.softpath.bench.load.LoadBench;
import io.softpath.bench.mq.MqBench;
import io.softpath.bench.peers.OneWay;
import io.softpath.bench.peers.OneWayBench;
import io.softpath.bench.peers.PeersBench;
import io.softpath.bench.process.Rounds;
import io.softpath.bench.psm.PsmBench;
import io.softpath.bench.report.Outcome;
import io.softpath.bench.report.Section;
import io.softpath.bench.scale.ScaleBench;
import io.softpath.bench.startup.StartupBench;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;

/** What {@code softpath bench} measures: each can be asked for alone, under its name. */
@SuppressWarnings("ImmutableEnumChecker") // its functions have no state
enum Part {
    /** What this machine allows, whatever softpath does. */
    FLOOR(
            "What this machine allows, whatever softpath does.",
            "A cache line between two processes, there and back: no message between two processes"
                + " can be faster, and other figures are quoted as ratios to it. The same through a"
                + " third process. Two that sleep and wake each other. Copies of memory by one"
                + " thread, and a system call that does nothing.",
            "Two processes, one cache line each way: a line stored by one is seen by the other and"
                    + " answered.",
            8,
            20,
            rounds -> Outcome.of(new FloorBench(rounds).run()),
            FloorBench::names),

    /** Messages through the chip. */
    CHIP(
            "Messages through the chip.",
            "A private daemon is started. Tiny messages go to oneself and between two processes;"
                    + " what is allocated for them is counted. The floor is measured in the same"
                    + " rounds, and latencies are compared with it.",
            "A message to oneself is two hand-overs, to the chip and back: the floor's round trip"
                    + " is two as well.",
            15,
            35,
            rounds -> Outcome.of(new ChipBench(rounds).run()),
            ChipBench::names),

    /** Transfers into pinned memory, and what pinning costs. */
    EXPECTED(
            "Expected receive: transfers into pinned memory, and what pinning costs.",
            "A private daemon with the model IBA7322 is started. One process sends blocks to"
                + " another, from its pinned memory (one copy, by the chip) and through send"
                + " buffers (two copies). A plain memory copy of the same size is measured in the"
                + " same rounds, and bandwidths are compared with it.",
            "A copy is what one process could do alone; the chip makes it for another.",
            10,
            40,
            rounds -> Outcome.of(new ExpectedBench(rounds).run()),
            ExpectedBench::names),

    /** Messages of matched queues. */
    MQ(
            "Messages of matched queues, from none to 16 MiB.",
            "Two processes pass tagged messages, first on two units of a private daemon through the"
                + " chip, then on one unit through shared memory: 8 bytes to and fro, then windows"
                + " of one size after the other. The floor, and what one copy of the same memory"
                + " takes, are measured in the same rounds.",
            "A round trip through the chip is four hand-overs, twice the floor's round trip; one"
                    + " through shared memory is two, as the floor's.",
            25,
            150,
            rounds -> Outcome.of(new MqBench(rounds).run()),
            MqBench::names),

    /** Others that pass messages between processes. */
    PEERS(
            "Others that pass messages between two processes, beside softpath's direct path.",
            "Aeron IPC, Agrona's rings in a mapped file, Chronicle Queue, a Unix socket, TCP over"
                + " loopback, a pipe: eight bytes there and back, the same warm-up, the same clock,"
                + " all of them and the floor in each round. softpath matches tags besides; the"
                + " others do not. UCX, libfabric and Open MPI, which do, measure themselves in C,"
                + " where they are installed. All figures are whole round trips: what other tools"
                + " call latency is half of one.",
            "Each waits as those do who want its least latency: all but the pipe spin. Half a round"
                    + " trip, which other tools call latency, is rtt / 2.",
            25,
            100,
            rounds -> new PeersBench(rounds).run(),
            PeersBench::names),

    /** Short messages that follow each other one way. */
    RATE(
            "Messages a second: softpath's direct path, beside the peers.",
            "8 and 64 bytes, one way, as many as get through; whoever receives them sees to it that"
                + " all come, whole and in order. Each peer is set up as those do who want most of"
                + " them. UCX and Open MPI measure themselves in C, where they are installed.",
            "softpath and Open MPI send windows of 64 messages, each of which is answered: Open MPI"
                    + " awaits that before the next, softpath behind it. The others' streams know"
                    + " no windows.",
            Part.NOT_IN_A_FIRST_LOOK,
            90,
            rounds -> new OneWayBench(OneWay.RATE, rounds).run(),
            OneWay.RATE::names),

    /** Long messages that follow each other one way. */
    BANDWIDTH(
            "Bytes a second: softpath's direct path, beside the peers.",
            "64 KiB and 1 MiB, one way, from memory of one process to memory of the other. One copy"
                + " of the same size by one process is measured in the same rounds, and all are"
                + " compared with it. UCX, libfabric and Open MPI measure themselves in C, where"
                + " they are installed.",
            "Shared memory is copied into and out of: two copies, which two CPUs may make at a"
                + " time. softpath's direct path, from pinned memory, UCX's cma and Open MPI copy"
                + " once. softpath and Open MPI send the same memory again and again: it stays in"
                + " the caches.",
            Part.NOT_IN_A_FIRST_LOOK,
            90,
            rounds -> new OneWayBench(OneWay.BANDWIDTH, rounds).run(),
            OneWay.BANDWIDTH::names),

    /** What it costs that there are many. */
    SCALE(
            "What it costs that there are many contexts, and many peers.",
            "A private daemon is started. A process with 1 to 16 contexts sends tiny messages to"
                    + " itself, then endpoints with 1 to 64 peers pass them to one of these and"
                    + " back. Cases take turns many times a round. Memory is what the kernel and"
                    + " the heap say.",
            "The ratio to the first case is the figure: below 1.3 is what is wanted.",
            16,
            55,
            rounds -> Outcome.of(new ScaleBench(rounds).run()),
            ScaleBench::names),

    /** Messages that are sent when they are due, neighbours, and ways to wait. */
    LOAD(
            "Load: messages that are sent when they are due, neighbours, ways to wait.",
            "Messages are due by chance, at a share of what the way carries, and are late if those"
                    + " before them were: times count from when each was due. Bursts; contexts"
                    + " that share one chip; what it costs to wait, with little to do. Through"
                    + " shared memory and through the chip.",
            "The tails are the figures: p99 and p99.9 at 80 and 95 percent.",
            Part.NOT_IN_A_FIRST_LOOK,
            75,
            rounds -> Outcome.of(new LoadBench(rounds).run()),
            LoadBench::names),

    /** How long it takes until something can be sent. */
    STARTUP(
            "How long it takes until something can be sent.",
            "A daemon is started, then processes: one that does nothing, one that opens an"
                + " endpoint, two of which one sends the other a message, one that opens contexts"
                + " again and again. A process is timed from its start until it says how far it"
                + " is.",
            "A JVM that does nothing is the first line: what comes on top of it is softpath's.",
            5,
            15,
            rounds -> Outcome.of(new StartupBench(rounds).run()),
            StartupBench::names),

    /** What a daemon and its users cost while nobody sends. */
    IDLE(
            "What a daemon and its users cost while nobody sends.",
            "A private daemon is started, and four users that wait for a packet. The kernel says"
                + " what they use. Then a fifth wakes one of them through the daemon, and sixteen"
                + " contexts are opened.",
            "Who is woken has lost its CPU and its caches: the floor of it is floor.eventfd.wake.",
            10,
            22,
            rounds -> Outcome.of(new IdleBench(rounds).run()),
            IdleBench::names),

    /** The real C library on the chip, beside our own. */
    PSM(
            "The real library of the chip, libpsm, beside softpath's own.",
            "Two processes on two units of a private daemon pass small messages to each other: one"
                    + " at a time, then in windows. Once both use libpsm under the preload library,"
                    + " once both use softpath's library. The floor is measured in the same rounds."
                    + " Needs cc and Debian's libpsm-infinipath1-dev.",
            "Half a round trip is two hand-overs, to the chip and to the other process: the floor's"
                    + " round trip is two as well.",
            6,
            20,
            rounds -> Outcome.of(new PsmBench(rounds).run()),
            PsmBench::names);

    private static final int NOT_IN_A_FIRST_LOOK = 0;

    private final String what;
    private final String how;
    private final String reading;
    private final int quickSeconds;
    private final int seconds;
    private final Function<Rounds, Outcome> measurement;
    private final Supplier<List<String>> names;

    Part(
            String what,
            String how,
            String reading,
            int quickSeconds,
            int seconds,
            Function<Rounds, Outcome> measurement,
            Supplier<List<String>> names) {
        this.what = what;
        this.how = how;
        this.reading = reading;
        this.quickSeconds = quickSeconds;
        this.seconds = seconds;
        this.measurement = measurement;
        this.names = names;
    }

    /**
     * Measures it.
     *
     * @throws io.softpath.bench.process.BenchFailure if it cannot be measured
     */
    Outcome run(Rounds rounds) {
        return measurement.apply(rounds);
    }

    /** What came of it, for the report. */
    Section section(Outcome outcome) {
        return new Section(label(), what, reading, outcome);
    }

    /** What its results are called, in their order; one that is absent here is among them. */
    List<String> names() {
        return names.get();
    }

    /** How it is asked for. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What is measured: the first sentence of its help. */
    String what() {
        return what;
    }

    /** How that is done: the rest of its help. */
    String how() {
        return how;
    }

    /** What a person should know who reads the figures. */
    String reading() {
        return reading;
    }

    /** Whether it is measured when all are asked for, and a first look is enough. */
    boolean isIn(boolean quick) {
        return !quick || quickSeconds != NOT_IN_A_FIRST_LOOK;
    }

    /** The parts that are measured when all are asked for. */
    static List<Part> all(boolean quick) {
        return Arrays.stream(values()).filter(part -> part.isIn(quick)).toList();
    }

    /** How long it takes among all the others, on a small machine. */
    Duration expected(boolean quick) {
        return Duration.ofSeconds(quick ? quickSeconds : seconds);
    }
}

package io.softpath.driver.expected;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.register.UserRegisters;
import io.softpath.driver.Context;
import io.softpath.driver.Device;
import io.softpath.driver.DeviceOptions;
import io.softpath.driver.FakeChip;
import io.softpath.driver.FakeDaemon;
import io.softpath.driver.LaunchMode;
import io.softpath.driver.PinnedRegion;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Windows and senders over a wire that loses, doubles and reorders, thousands of runs: what a
 * window says is there is there, what is beside it stays as it was, and in the end everything is
 * there.
 */
@Timeout(300)
class ExpectedSimulationTest {
    private static final int RUNS = Integer.getInteger("softpath.expected.runs", 800);
    private static final int REGION_BYTES = 16 * 4096;

    @TempDir Path directory;

    private FakeChip chip;
    private FakeDaemon daemon;
    private Context context;
    private PinnedRegion source;
    private PinnedRegion target;

    @BeforeEach
    void start() {
        chip = new FakeChip(ChipModel.IBA7220, 3, LaunchMode.INLINE);
        daemon = new FakeDaemon(chip, directory.resolve("ipath"));
        context =
                Device.open(new DeviceOptions(directory, -1, Duration.ofSeconds(20))).openContext();
        source = context.pin(REGION_BYTES);
        target = context.pin(REGION_BYTES);
    }

    @AfterEach
    void stop() {
        context.close();
        daemon.close();
        chip.close();
    }

    private record Nak(long descriptor, long point) {}

    @ParameterizedTest
    @CsvSource({"true,true", "true,false", "false,true", "false,false"})
    void shouldDeliverEveryByteOverABadWire(boolean hardware, boolean gather) {
        long first = Long.getLong("softpath.expected.seed", System.nanoTime());
        for (int i = 0; i < RUNS; i++) {
            long seed = first + i;
            try {
                run(new Random(seed), hardware, gather);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(
                        "seed=" + seed + " hardware=" + hardware + " gather=" + gather, e);
            }
        }
    }

    private void run(Random random, boolean hardware, boolean gather) {
        MemorySegment registers = MemorySegment.ofArray(new long[1024]);
        int mtu = 256 << random.nextInt(4);
        Wire wire = new Wire(random, hardware, registers, mtu, source, target);
        Expected expected =
                new Expected(
                        new ExpectedSetup(
                                wire,
                                registers.asSlice(0, 2L * UserRegisters.PAGE_BYTES),
                                hardware,
                                1 + random.nextInt(20),
                                mtu,
                                gather));
        expected.firstSequences(random::nextInt);
        expected.caching(random.nextInt(4) > 0);
        wire.loss = random.nextInt(3) * 0.05;
        wire.twice = random.nextInt(3) * 0.05;
        wire.swapped = random.nextInt(3) * 0.05;
        ExpectedSender sender = expected.sender(null);
        sender.headerInterval(1 + random.nextInt(20));
        int windows = 1 + random.nextInt(4);
        for (int i = 0; i < windows; i++) {
            window(random, wire, expected, sender);
            if (!hardware) { // such a chip writes late packets of a window to its TIDs
                while (!wire.quiet()) {
                    Wire.Entry entry = wire.arrive();
                    assertEquals(Progress.NOT_MINE, expected.accept(entry));
                }
            }
        }
        byte[] before = target.segment().toArray(ValueLayout.JAVA_BYTE);
        while (!wire.quiet()) {
            Wire.Entry entry = wire.arrive();
            assertTrue(entry == null || expected.accept(entry) == Progress.NOT_MINE);
        }
        assertEquals(-1, target.segment().mismatch(MemorySegment.ofArray(before)));
        assertEquals(0, expected.statistics().get("tids in use"));
        assertEquals((long) wire.tidsInUse(), expected.statistics().get("tids kept"));
        assertEquals(TidFlows.COUNT, expected.flows().freeCount());
        expected.evict();
        assertEquals(0, wire.tidsInUse());
    }

    private void window(Random random, Wire wire, Expected expected, ExpectedSender sender) {
        int most = Math.clamp(expected.maxWindowBytes(), 4, REGION_BYTES / 2);
        int length = 1 + random.nextInt(random.nextBoolean() ? Math.min(100, most) : most);
        long to = random.nextInt((REGION_BYTES - length) / 4) * 4L;
        if (expected.maxWindowBytes() < 4096) {
            to &= -4096; // one TID is all there is
        }
        long from = random.nextInt((REGION_BYTES - length) / 4) * 4L;
        fill(source, random);
        fill(target, random);
        byte[] before = target.segment().toArray(ValueLayout.JAVA_BYTE);
        MemorySegment grant = MemorySegment.ofArray(new byte[2048]);
        List<Nak> naks = new ArrayList<>();
        try (ExpectedWindow window = expected.open(target, to, length)) {
            int bytes = window.grant(grant, 0);
            if (random.nextBoolean()) {
                sender.begin(grant, 0, bytes, source, from, length);
            } else {
                sender.begin(grant, 0, bytes, source.segment(), from, length);
            }
            int completions = 0;
            for (int step = 0; !window.isComplete(); step++) {
                assertTrue(step < 100_000, () -> "no end: " + window + " " + sender);
                wire.buffers(random.nextInt(8));
                sender.send();
                if (!naks.isEmpty() && random.nextBoolean()) {
                    Nak nak = naks.remove(random.nextInt(naks.size()));
                    sender.resume(nak.descriptor, nak.point);
                    if (random.nextInt(20) == 0) {
                        naks.add(nak);
                    }
                }
                boolean silent = wire.quiet() && sender.isDone() && naks.isEmpty();
                for (int i = random.nextInt(12); i > 0 && !wire.quiet(); i--) {
                    Wire.Entry entry = wire.arrive();
                    Progress progress = entry == null ? Progress.STALE : expected.accept(entry);
                    completions += progress == Progress.COMPLETE ? 1 : 0;
                    check(window, to, from);
                }
                if (window.needsRestart() || (silent && !window.isComplete())) {
                    Nak nak = new Nak(window.descriptor(), window.restart());
                    if (random.nextDouble() >= wire.loss) {
                        naks.add(nak);
                    }
                }
            }
            assertEquals(1, completions);
            assertEquals(length, window.received());
        }
        byte[] after = target.segment().toArray(ValueLayout.JAVA_BYTE);
        int end = (int) to + (length + 3 & ~3);
        assertTrue(Arrays.equals(before, 0, (int) to, after, 0, (int) to), "in front of it");
        assertTrue(
                Arrays.equals(before, end, before.length, after, end, after.length), "behind it");
    }

    private void check(ExpectedWindow window, long to, long from) {
        MemorySegment there = target.segment().asSlice(to, window.received());
        MemorySegment wanted = source.segment().asSlice(from, window.received());
        assertEquals(-1, there.mismatch(wanted), window::toString);
    }

    private static void fill(PinnedRegion region, Random random) {
        byte[] bytes = new byte[(int) region.bytes()];
        random.nextBytes(bytes);
        MemorySegment.copy(bytes, 0, region.segment(), ValueLayout.JAVA_BYTE, 0, bytes.length);
    }
}

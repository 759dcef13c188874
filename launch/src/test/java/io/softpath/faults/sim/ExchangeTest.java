package io.softpath.faults.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.fault.FaultPoint;
import io.softpath.faults.check.Event.How;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

class ExchangeTest {
    private static final int SEEDS = Integer.getInteger("softpath.faults.seeds", 500);
    private static final long SEED = Long.getLong("softpath.faults.seed", 110);

    private static String traceOf(long seed) {
        StringBuilder text = new StringBuilder();
        Failure.play(Schedule.of(seed), null, new Trace(text), new Totals());
        return text.toString();
    }

    private static Totals play(long seed) throws InterruptedException {
        System.out.println("seed=" + seed + " seeds=" + SEEDS);
        Seeds seeds = new Seeds(seed, SEEDS, 1);
        seeds.play();
        List<String> broken =
                seeds.failures().stream()
                        .map(Failure::shrink)
                        .map(f -> f.command() + " " + f.violations())
                        .toList();
        assertEquals(List.of(), broken);
        assertEquals(SEEDS, seeds.totals().seeds);
        return seeds.totals();
    }

    @Test
    void shouldKeepEveryRuleUnderEveryFault() throws InterruptedException {
        Totals totals = play(SEED);
        assertTrue(totals.acknowledged > SEEDS, "acknowledged=" + totals.acknowledged);
        assertEquals(EnumSet.of(How.KILLED, How.LOST, How.EXITED), totals.ends().keySet());
        assertTrue(totals.killedAt().size() > 8, "killed at " + totals.killedAt());
        assertTrue(
                totals.killedAt().containsKey(FaultPoint.FLOW_SENT.toString()),
                "killed at " + totals.killedAt());
    }

    @Test
    void shouldKeepEveryRuleUnderFaultsThatNobodyHasSeen() throws InterruptedException {
        Totals totals = play(RandomGenerator.getDefault().nextLong() >>> 16);
        assertTrue(totals.acknowledged > SEEDS, "acknowledged=" + totals.acknowledged);
    }

    @Test
    void shouldDoTheSameAgainForTheSameSeed() {
        for (long seed = 100; seed < 130; seed++) {
            String trace = traceOf(seed);
            assertTrue(trace.length() > 1000, "seed=" + seed);
            assertEquals(trace, traceOf(seed), "seed=" + seed);
            assertNotEquals(trace, traceOf(seed + 1_000_000), "seed=" + seed);
        }
    }

    @Test
    void shouldDoTheSameInAnotherProcess() throws Exception {
        Path file = Files.createTempFile("softpath-trace", ".txt");
        Path output = Files.createTempFile("softpath-trace", ".out");
        try {
            Process process =
                    new ProcessBuilder(
                                    ProcessHandle.current().info().command().orElseThrow(),
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
                                    "--enable-native-access=ALL-UNNAMED",
                                    "-XX:+UseSerialGC",
                                    "-Xint",
                                    "io.softpath.launch.Softpath",
                                    "faults",
                                    "sim",
                                    "--seed",
                                    "100",
                                    "--trace",
                                    file.toString())
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start();
            boolean ended = process.waitFor(120, TimeUnit.SECONDS);
            process.destroyForcibly();
            assertTrue(ended, "not done within two minutes");
            assertEquals(0, process.exitValue(), () -> read(output));
            assertEquals(traceOf(100), read(file));
        } finally {
            Files.delete(file);
            Files.delete(output);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.softpath.faults.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.faults.check.Event.How;
import io.softpath.psm.sim.Hazard;

import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

class ExchangeTest {
    private static final int SEEDS = Integer.getInteger("softpath.faults.seeds", 1500);

    private static String traceOf(long seed) {
        StringBuilder text = new StringBuilder();
        Failure.play(Schedule.of(seed), null, new Trace(text), new Totals());
        return text.toString();
    }

    /** Fresh seeds each time; fixed ones are played by whoever repeats one. */
    @Test
    void shouldKeepEveryRuleUnderEveryFault() throws InterruptedException {
        long first =
                Long.getLong("softpath.faults.seed", new SplittableRandom().nextLong(1L << 40));
        System.out.println("seed=" + first + " seeds=" + SEEDS);
        Seeds seeds = new Seeds(first, SEEDS, 1);
        seeds.play();
        List<String> broken =
                seeds.failures().stream()
                        .map(Failure::shrink)
                        .map(f -> f.command() + " " + f.violations())
                        .toList();
        assertEquals(List.of(), broken);
        Totals totals = seeds.totals();
        assertEquals(SEEDS, totals.seeds);
        assertTrue(totals.acknowledged > 10L * SEEDS, "acknowledged=" + totals.acknowledged);
        assertEquals(EnumSet.of(How.KILLED, How.LOST, How.EXITED), totals.ends().keySet());
        assertEquals(EnumSet.allOf(Hazard.Point.class), totals.killedAt().keySet());
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
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}

package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.apps.heat.Picture;
import io.softpath.apps.heat.Plate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The picture of a plate does not tell who has computed which part of it, and over which link. */
@ExtendWith(ChildOutput.class)
class HeatIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int SIZE = 101;
    private static final int STEPS = 60;

    @TempDir private Path temp;

    private Jvm run(String options, String... arguments) {
        List<String> words = new ArrayList<>(List.of("run"));
        words.addAll(List.of(options.split(" ", -1)));
        words.add("heat");
        words.addAll(List.of(arguments));
        return Shipped.jvm(temp).lifetime(PATIENCE).arguments(words.toArray(String[]::new)).start();
    }

    @ParameterizedTest
    @CsvSource({
        "-n 1",
        "-n 2 --units 2 --model IBA6120",
        "-n 4 --units 2 --model IBA7220",
        "-n 7 --model IBA7322",
        "-n 2 --units 2 --link drop=5%;dup=1%;reorder=2%;corrupt=0.1%;seed=11",
        "-n 4 --units 4 --link drop=5%;dup=1%;reorder=2%;corrupt=0.1%;seed=12"
    })
    void shouldBeThePictureOfAPlateThatNobodyHasDivided(String options) throws Exception {
        Path out = temp.resolve("heat.png");
        try (Jvm run =
                run(
                        options.replace(';', ','),
                        "--size",
                        Integer.toString(SIZE),
                        "--steps",
                        Integer.toString(STEPS),
                        "--out",
                        out.toString())) {
            assertEquals(0, run.exitCode(PATIENCE), () -> run.lines().toString());
            byte[] expected = new Picture(SIZE, MemorySegment.ofArray(undivided())).png();
            assertArrayEquals(expected, Files.readAllBytes(out));
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(expected);
            assertTrue(
                    run.lines().getLast().endsWith("SHA-256 " + HexFormat.of().formatHex(digest)),
                    () -> run.lines().toString());
        }
    }

    /** One array, cell by cell. */
    private static double[] undivided() {
        double[] now = new double[SIZE * SIZE];
        for (int cell = 0; cell < now.length; cell++) {
            now[cell] = Plate.isWire(SIZE, cell / SIZE, cell % SIZE) ? Plate.HOT : Plate.COLD;
        }
        for (int step = 0; step < STEPS; step++) {
            double[] before = now.clone();
            for (int row = 1; row < SIZE - 1; row++) {
                for (int column = 1; column < SIZE - 1; column++) {
                    if (!Plate.isWire(SIZE, row, column)) {
                        int at = row * SIZE + column;
                        double aboveAndBelow = before[at - SIZE] + before[at + SIZE];
                        double leftAndRight = before[at - 1] + before[at + 1];
                        now[at] = 0.25 * (aboveAndBelow + leftAndRight);
                    }
                }
            }
        }
        return now;
    }

    @Test
    void shouldSayOnceWhatCannotBe() {
        try (Jvm run = run("-n 3", "--size", "2")) {
            assertEquals(ExitCode.USAGE, run.exitCode());
            List<String> said = run.lines().stream().filter(l -> l.startsWith("heat: ")).toList();
            assertEquals(List.of("heat: --size 2: choose 27..4096"), said);
        }
    }

    @Test
    void shouldSayThatThePictureCannotBeWritten() throws Exception {
        Path closed = Files.createDirectory(temp.resolve("closed")).resolve("heat.png");
        Files.createSymbolicLink(closed, temp.resolve("nowhere").resolve("heat.png"));
        try (Jvm run = run("-n 2", "--size", "27", "--steps", "1", "--out", closed.toString())) {
            assertEquals(1, run.exitCode());
            assertTrue(
                    run.lines().stream().anyMatch(l -> l.startsWith("heat: cannot write ")),
                    () -> run.lines().toString());
            assertFalse(Files.exists(closed));
        }
    }
}

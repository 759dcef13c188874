package io.softpath.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

class WarningsTest {
    private static final Machine QUIET =
            new Machine("a CPU", 8, false, "6.1", "tsc", "a JVM", 1024, 0.5, "now");
    private static final Conditions NOTHING = new Conditions(8, 0, 0, 0, 0, 0, Set.of());

    @TempDir private Path root;

    @Test
    void shouldSayNothingOfAQuietMachine() {
        Conditions end = new Conditions(8, 2000, 6000, 0, 1990, 0, Set.of("performance"));
        Result steady = Result.ofValues("a", "ns", 1, List.of(1.0));

        assertEquals(List.of(), Warnings.of(QUIET, NOTHING, end, List.of(steady)));
    }

    @Test
    void shouldNameEachThingThatIsWrong() {
        Machine machine = new Machine("a CPU", 2, true, "6.1", "hpet", "a JVM", 1, 1.5, "now");
        Conditions begin = new Conditions(2, 100, 100, 50, 100, 7, Set.of("schedutil"));
        Conditions end = new Conditions(2, 1000, 900, 150, 600, 9, Set.of("schedutil"));
        Result noisy = Result.ofValues("a", "ns", 1, List.of(1.0, 2.0));
        Result steady = Result.ofValues("b", "ns", 1, List.of(1.0));

        List<Warning> warnings = Warnings.of(machine, begin, end, List.of(noisy, steady));

        assertEquals(
                List.of(
                        "busy",
                        "few-cores",
                        "virtual",
                        "clock",
                        "governor",
                        "other-programs",
                        "stolen",
                        "throttled",
                        "noisy"),
                warnings.stream().map(Warning::kind).toList());
        assertEquals(
                "Other programs took 0.44 of the 2 CPUs during the run.", warnings.get(5).text());
        assertEquals(
                "The hypervisor kept back 10 % of the CPU time wanted during the run.",
                warnings.get(6).text());
        assertTrue(warnings.get(7).text().contains("2 times"), warnings.get(7)::text);
        assertTrue(warnings.get(8).text().startsWith("1 of 2 results"), warnings.get(8)::text);
    }

    @Test
    void shouldNotSayWhatIsNotMuch() {
        Conditions end = new Conditions(8, 1010, 6000, 10, 1000, 0, Set.of());

        assertEquals(List.of(), Warnings.of(QUIET, NOTHING, end, List.of()));
    }

    @Test
    void shouldReadWhatTheKernelCounts() throws IOException {
        file(
                "proc/stat",
                "cpu  100 20 30 4000 500 6 7 80 900 10",
                "cpu0 50 10 15 2000 250 3 3 40 450 5",
                "cpu1 50 10 15 2000 250 3 4 40 450 5",
                "intr 5");
        file("proc/self/stat", "7 (a b) c) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 20 0 1");
        String cpu = "sys/devices/system/cpu/cpu1/";
        file(cpu + "thermal_throttle/core_throttle_count", "3");
        file(cpu + "thermal_throttle/package_throttle_count", "4");
        file(cpu + "cpufreq/scaling_governor", "powersave");

        assertEquals(
                new Conditions(2, 163, 4500, 80, 11 + 12 + 13 + 14, 7, Set.of("powersave")),
                Conditions.read(root));
    }

    @Test
    void shouldNotFailWhereTheSystemTellsNothing() {
        Conditions unknown = Conditions.read(root);

        assertEquals(new Conditions(0, 0, 0, 0, 0, 0, Set.of()), unknown);
        assertEquals(List.of(), Warnings.of(QUIET, unknown, unknown, List.of()));
    }

    @Test
    void shouldSeeThatThisProcessHasRun() {
        Conditions now = Conditions.now();

        assertTrue(now.cpus() > 0, now::toString);
        assertTrue(now.ownTicks() > 0 && now.ownTicks() <= now.busyTicks(), now::toString);
    }

    private void file(String name, String... lines) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, List.of(lines));
    }
}

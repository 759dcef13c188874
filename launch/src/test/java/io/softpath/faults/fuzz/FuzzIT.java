package io.softpath.faults.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.model.ChipModel;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/** Hostile processes beside honest ones on a daemon: short lives, and weaknesses to be found. */
class FuzzIT {
    private static final long LIFE_RECORDS = 2_000;

    /** Three lives, one that is killed, and the rest. */
    private static final long RECORDS = 4 * LIFE_RECORDS;

    @AfterEach
    void shouldLeaveNoProcess() {
        assertEquals(
                List.of(),
                ProcessHandle.current()
                        .descendants()
                        .map(each -> each.info().commandLine().orElse("pid=" + each.pid()))
                        .toList());
    }

    @Test
    void shouldDisturbNobodyAndLeaveNothing() {
        Coverage coverage = new Coverage();
        Processes processes = run(20060315, ChipModel.ALL.getLast(), coverage, RECORDS);
        assertTrue(processes.records() >= RECORDS, "records=" + processes.records());
        assertEquals(5, processes.lives());
        assertEquals(1, processes.kills());
        for (Map.Entry<String, Long> group : byGroup(coverage).entrySet()) {
            assertTrue(group.getValue() > 0, "never attacked: " + group.getKey());
        }
        assertEquals(List.of(), neverSent(coverage));
        for (Target each : Target.values()) {
            long sent = coverage.row(Coverage.RECORDS, each.name(), Coverage.Need.NOTHING).total();
            assertEquals(each.isOfProcesses(), sent > 0, "records to " + each + ": " + sent);
        }
    }

    @Test
    void shouldDisturbNobodyWithASeedThatNobodyHasTried() {
        SplittableRandom random = new SplittableRandom();
        long seed = random.nextLong() >>> 1;
        ChipModel model = ChipModel.ALL.get(random.nextInt(ChipModel.ALL.size()));
        System.out.println("seed=" + seed + " model=" + model.name());
        run(seed, model, new Coverage(), LIFE_RECORDS);
    }

    private static Processes run(long seed, ChipModel model, Coverage coverage, long records) {
        Processes processes = new Processes(seed, model, coverage, Plant.NONE, LIFE_RECORDS);
        processes.run(records);
        assertTrue(processes.honest() > 1_000, "honest messages: " + processes.honest());
        assertFalse(Files.exists(processes.directory()), processes.directory().toString());
        return processes;
    }

    private static Map<String, Long> byGroup(Coverage coverage) {
        return coverage.rows().stream()
                .collect(
                        Collectors.groupingBy(
                                row -> row.group, Collectors.summingLong(Coverage.Row::total)));
    }

    /** Kinds of requests of which there was none. */
    private static List<String> neverSent(Coverage coverage) {
        return coverage.rows().stream()
                .filter(row -> row.group.equals("request") && row.total() == 0)
                .map(row -> row.name)
                .toList();
    }

    @ParameterizedTest
    @EnumSource(names = {"LOST_ANSWER", "SPOILT_MESSAGE"})
    void shouldFindWhatWasPlanted(Plant plant) {
        assertTrue(plant.isOfProcesses());
        SelfTest.Finding finding = SelfTest.runProcesses(7, plant);
        assertTrue(finding.isFound(), () -> plant.purpose + ": " + finding.found());
    }
}

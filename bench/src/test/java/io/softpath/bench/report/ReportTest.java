package io.softpath.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

class ReportTest {
    private static final Machine MACHINE =
            new Machine(
                    "a CPU", 2, true, "6.1", "tsc", "a JVM 25", 1024, 0.5, "2025-01-01T00:00:00Z");
    private static final Result FLOOR = Result.ofValues("floor", "ns", 10, List.of(100.0, 102.0));
    private static final Result CHIP =
            Result.ofValues("chip", "ns", 10, List.of(220.0, 400.0))
                    .comparedTo(FLOOR)
                    .noted("a remark");

    @Test
    void shouldWriteOneJsonObjectWithMachineAndResults() throws Exception {
        JsonNode json =
                new ObjectMapper()
                        .readTree(new Report(MACHINE, List.of(FLOOR, CHIP), List.of()).toJson());

        assertEquals(List.of("machine", "results"), fields(json));
        assertEquals(
                List.of(
                        "cpu", "cores", "virtual", "kernel", "clock", "jdk", "memory", "load",
                        "date"),
                fields(json.get("machine")));
        assertEquals(
                List.of(
                        "name", "unit", "median", "p90", "p99", "p999", "count", "spread", "noisy",
                        "rounds"),
                fields(json.get("results").get(0)));
        JsonNode chip = json.get("results").get(1);
        assertEquals(310.0 / 101, chip.get("ratio").doubleValue(), 1e-9);
        assertEquals("floor", chip.get("ratio_to").textValue());
        assertTrue(chip.get("noisy").booleanValue());
    }

    @Test
    void shouldAlignTheColumnsOfTheTable() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new Report(MACHINE, List.of(FLOOR, CHIP), List.of())
                .printTable(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        List<String> lines = bytes.toString(StandardCharsets.UTF_8).lines().toList();

        assertEquals(
                "a CPU, 2 cores of a virtual machine, Linux 6.1, a JVM 25, load 0.5", lines.get(0));
        int column = lines.get(2).indexOf("unit");
        assertEquals(column, lines.get(3).indexOf("ns"));
        assertEquals(column, lines.get(4).indexOf("ns"));
        assertTrue(lines.get(4).endsWith("3.069 x floor"), lines.get(4));
        assertTrue(lines.get(6).startsWith("chip: spread too wide to quote"), lines.get(6));
        assertFalse(
                lines.stream()
                        .anyMatch(
                                line -> line.length() > 100 || !line.equals(line.stripTrailing())));
    }

    @Test
    void shouldWarnWhenOtherProgramsWereRunning() {
        Machine busy = new Machine("a CPU", 2, false, "6.1", "tsc", "a JVM", 1024, 1.5, "now");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new Report(busy, List.of(FLOOR), List.of())
                .printTable(new PrintStream(bytes, true, StandardCharsets.UTF_8));

        assertEquals(
                "The machine was busy when this began: do not quote these figures.",
                bytes.toString(StandardCharsets.UTF_8).lines().toList().get(1));
    }

    @Test
    void shouldDescribeThisMachineWithoutFailing() {
        Machine here = Machine.here();

        assertTrue(here.cores() > 0);
        assertTrue(here.memoryBytes() > 0);
        assertTrue(here.date().endsWith("Z"), here.date());
    }

    private static List<String> fields(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }
}

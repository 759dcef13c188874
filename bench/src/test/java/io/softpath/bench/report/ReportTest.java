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
    private static final Warning WARNING = new Warning("busy", "The machine was busy.");
    private static final Result FLOOR = Result.ofValues("floor", "ns", 10, List.of(100.0, 102.0));
    private static final Result CHIP =
            Result.ofValues("chip", "ns", 10, List.of(220.0, 400.0))
                    .comparedTo(FLOOR)
                    .noted("a remark");

    @Test
    void shouldWriteOneJsonObjectWithMachineAndResults() throws Exception {
        JsonNode json =
                new ObjectMapper()
                        .readTree(
                                MadeUp.report(List.of(), List.of(FLOOR, CHIP), List.of()).toJson());

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
    void shouldHaveTheFirstOfSeveralResultsOfAName() throws Exception {
        Result again = Result.ofValues("floor", "ns", 10, List.of(300.0));
        Absent absent = new Absent("peer", "not here");
        Report report =
                new Report(
                        MadeUp.MACHINE,
                        List.of(),
                        List.of(
                                MadeUp.section("a", Outcome.of(List.of(FLOOR))),
                                MadeUp.section(
                                        "b", new Outcome(List.of(again, CHIP), List.of(absent)))));

        assertEquals(List.of(FLOOR, CHIP), report.results());
        JsonNode json = new ObjectMapper().readTree(report.toJson());
        assertEquals(List.of("machine", "results", "absent"), fields(json));
        assertEquals(2, json.get("results").size());
        assertEquals(101, json.get("results").get(0).get("median").doubleValue());
        assertEquals("peer", json.get("absent").get(0).get("name").textValue());
    }

    @Test
    void shouldAlignTheColumnsOfTheTable() {
        List<String> lines = lines(MadeUp.report(List.of(), List.of(FLOOR, CHIP), List.of()));

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
    void shouldSayWhatIsWrongBeforeAnyFigure() throws Exception {
        Report report = MadeUp.report(List.of(WARNING), List.of(FLOOR), List.of());

        assertEquals("The machine was busy.", lines(report).get(1));
        JsonNode json = new ObjectMapper().readTree(report.toJson());
        assertEquals(List.of("machine", "warnings", "results"), fields(json));
        assertEquals("busy", json.get("warnings").get(0).get("kind").textValue());
        assertEquals("The machine was busy.", json.get("warnings").get(0).get("text").textValue());
    }

    @Test
    void shouldDivideALongTableWhereNamesBeginDifferently() {
        List<Result> results = MadeUp.many();
        List<String> lines = lines(MadeUp.report(List.of(), results, List.of()));

        assertTrue(lines.get(2).contains("median"), lines.get(2));
        assertEquals("floor.handover.rtt", lines.get(3).split(" ", 2)[0]);
        assertEquals("", lines.get(4));
        assertEquals("chip.self.rtt", lines.get(5).split(" ", 2)[0]);
        List<String> table = lines.subList(3, lines.indexOf("") + results.size() + 9);
        List<String> families =
                table.stream()
                        .filter(line -> !line.isEmpty())
                        .map(line -> line.split("\\.", 2)[0])
                        .toList();
        assertEquals(results.size(), families.size());
        for (int i = 1; i < table.size(); i++) {
            boolean same =
                    table.get(i).isEmpty()
                            || table.get(i - 1).isEmpty()
                            || table.get(i).startsWith(table.get(i - 1).split("\\.", 2)[0] + ".");
            assertTrue(same, table.get(i));
        }
    }

    @Test
    void shouldDescribeThisMachineWithoutFailing() {
        Machine here = Machine.here();

        assertTrue(here.cores() > 0);
        assertTrue(here.memoryBytes() > 0);
        assertTrue(here.date().endsWith("Z"), here.date());
    }

    private static List<String> lines(Report report) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        report.printTable(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static List<String> fields(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }
}

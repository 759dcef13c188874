package io.softpath.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.softpath.fault.FaultPoint;
import io.softpath.faults.plan.PlanSchema;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import picocli.CommandLine;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

class FaultsCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir Path temp;

    private int run(String... arguments) {
        return new CommandLine(new FaultsCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }

    @Test
    void shouldListEveryPointInATable() {
        assertEquals(0, run("points"));
        for (FaultPoint each : FaultPoint.values()) {
            assertTrue(
                    out.toString()
                            .lines()
                            .anyMatch(line ->
                                    line.startsWith(each.label() + " ")
                                            && line.endsWith(each.when())),
                    each.label());
        }
    }

    @Test
    void shouldListEveryPointAsJson() throws Exception {
        assertEquals(0, run("points", "--json"));
        JsonNode points = new ObjectMapper().readTree(out.toString());
        assertEquals(FaultPoint.values().length, points.size());
        assertEquals("open.connected", points.get(0).path("point").asText());
        assertEquals("user", points.get(0).path("process").asText());
    }

    @Test
    void shouldSayWhatEachProcessIsGiven() throws Exception {
        Path plan = temp.resolve("plan.yaml");
        Files.writeString(
                plan,
                """
                seed: 5
                faults:
                  - {process: rank 1, fault: kill, at: flow.sent}
                  - {process: daemon, fault: kill, after: 1s..2s}
                link: {drop: 5%}
                """);
        assertEquals(0, run("plan", plan.toString()), err::toString);
        assertEquals(
                """
                rank 1: flow.sent=kill@1;seed=67
                link: drop=5%,seed=5
                daemon: kill after 1s..2s
                """,
                out.toString());
    }

    @Test
    void shouldRefuseAPlanThatIsWrong() throws Exception {
        Path plan = Files.writeString(temp.resolve("plan.yaml"), "faults: 3");
        assertEquals(2, run("plan", plan.toString()));
        assertTrue(err.toString().contains("plan.yaml:1:9: \"faults\" is a list"), err::toString);
    }

    @Test
    void shouldPrintTheSchema() {
        assertEquals(0, run("plan", "--schema"));
        assertEquals(PlanSchema.json(), out.toString());
    }
}

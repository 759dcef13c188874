package io.softpath.faults.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Test;

import picocli.CommandLine;

import java.io.PrintWriter;
import java.io.StringWriter;

class SimCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return new CommandLine(new SimCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }

    @Test
    void shouldSayWhatCameOfManySchedules() throws Exception {
        assertEquals(0, run("--seed", "7", "--seeds", "40", "--json"), err::toString);
        JsonNode json = new ObjectMapper().readTree(out.toString());
        assertEquals(7, json.get("seed").asLong());
        assertEquals(40, json.get("seeds").asLong());
        assertTrue(json.get("acknowledged").asLong() > 40, out.toString());
        assertEquals(0, json.get("failures").size());
    }

    @Test
    void shouldGiveTheSameTracesHoweverManyRunAtATime() throws Exception {
        run("--seed", "7", "--seeds", "40", "--jobs", "1", "--json");
        String one = new ObjectMapper().readTree(out.toString()).get("traces").asText();
        out.getBuffer().setLength(0);
        run("--seed", "7", "--seeds", "40", "--jobs", "3", "--json");
        assertEquals(one, new ObjectMapper().readTree(out.toString()).get("traces").asText());
    }

    @Test
    void shouldFailWhenARuleIsBroken() {
        SelfTest.Result result = new SelfTest(1).look(Bug.DUPLICATED_DELIVERY);
        String[] words = result.failure().command().split(" ", -1);
        String[] args = java.util.Arrays.copyOfRange(words, 3, words.length);
        assertEquals(1, run(args), result.failure().command());
        assertTrue(out.toString().contains("VIOLATION DELIVERED_ONCE"), out.toString());
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        refuses("--seeds and --jobs must be 1 or more", "--seeds", "0");
        refuses("say which, --seed S", "--keep", "1");
        refuses("say which, --seed S", "--trace", "x", "--seed", "1", "--seeds", "2");
        refuses("'x' is no place: say 3,17,40 or none", "--seed", "1", "--keep", "2,x");
        refuses("place 100000 is outside 0..", "--seed", "1", "--keep", "100000");
        refuses("choose one of lost-ack, early-ack", "--seed", "1", "--plant", "bug");
    }

    private void refuses(String why, String... args) {
        err.getBuffer().setLength(0);
        assertEquals(2, run(args));
        assertTrue(err.toString().contains(why), err.toString());
    }
}

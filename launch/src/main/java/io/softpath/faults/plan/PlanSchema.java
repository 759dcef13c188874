package io.softpath.faults.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.softpath.fault.FaultPoint;

import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Stream;

/** The schema of plans, for editors that complete and check them while they are written. */
public final class PlanSchema {
    private static final String TIME = "^[0-9]{1,9}(\\.[0-9]{1,9})?(ns|us|ms|s|m)$";
    private static final String PART = "^[0-9]{1,3}(\\.[0-9]{1,9})?%$";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private PlanSchema() {}

    /** JSON Schema, draft 2020-12. */
    public static String json() {
        ObjectNode plan = object(PlanKeys.PLAN, "What goes wrong in a job of softpath.");
        ObjectNode all = MAPPER.createObjectNode();
        all.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        all.put("title", "softpath fault plan");
        all.setAll(plan);
        ObjectNode properties = (ObjectNode) all.get("properties");
        describe(properties, PlanKeys.SEED, "Of all that is random (default: 1).")
                .put("type", "integer")
                .put("minimum", 0);
        describe(properties, PlanKeys.FAULTS, "One after the other; the first at a passing wins.")
                .put("type", "array")
                .set("items", fault());
        properties.set(PlanKeys.LINK, link());
        time(properties, PlanKeys.RESTART, "How long after its end the daemon is started again.");
        return print(all);
    }

    private static ObjectNode fault() {
        ObjectNode fault = object(PlanKeys.ONE_FAULT, "One fault of one process.");
        required(fault, List.of(PlanKeys.PROCESS, PlanKeys.FAULT));
        ObjectNode properties = (ObjectNode) fault.get("properties");
        describe(properties, PlanKeys.PROCESS, "Which process.")
                .put("type", "string")
                .put("pattern", "^(rank [0-9]{1,6}|any rank|every rank|daemon)$");
        words(describe(properties, PlanKeys.FAULT, "What happens."), FaultReader.words());
        words(
                describe(properties, PlanKeys.AT, "Where: softpath faults points lists them."),
                Stream.of(FaultPoint.values()).map(FaultPoint::label).toList());
        describe(properties, PlanKeys.PASSING, "At which passings of the point: 17, 3..9, 3..")
                .put("pattern", "^[0-9]{1,18}(\\.\\.([0-9]{1,18})?)?$")
                .putArray("type")
                .add("string")
                .add("integer");
        describe(
                        properties,
                        PlanKeys.EVERY,
                        "With a point: of so many passings, one. Without: again after so long.")
                .putArray("type")
                .add("string")
                .add("integer");
        part(properties, PlanKeys.PROBABILITY, "With which chance, at each passing.");
        describe(
                        properties,
                        PlanKeys.AFTER,
                        "So long after the start, as 300ms; without a point also 100ms..2s.")
                .put("type", "string");
        time(properties, PlanKeys.FOR, "How long it stops, or is broken.");
        describe(properties, PlanKeys.TIMES, "How often in all, with \"every\" of a time.")
                .put("type", "integer")
                .put("minimum", 1);
        return fault;
    }

    private static ObjectNode link() {
        ObjectNode link = object(PlanKeys.ONE_LINK, "What goes wrong between the chips.");
        ObjectNode properties = (ObjectNode) link.get("properties");
        part(properties, PlanKeys.DROP, "Packets that are lost.");
        part(properties, PlanKeys.DUPLICATE, "Packets that come twice.");
        part(properties, PlanKeys.REORDER, "Packets that are overtaken.");
        part(properties, PlanKeys.CORRUPT, "Packets that come with a wrong CRC.");
        time(properties, PlanKeys.DELAY, "How long each packet takes, at most 1s.");
        ObjectNode down = object(PlanKeys.ONE_DOWN, "Down, and up again.");
        required(down, List.of(PlanKeys.FOR));
        ObjectNode times = (ObjectNode) down.get("properties");
        time(times, PlanKeys.AFTER, "With the first packet so long after the start.");
        time(times, PlanKeys.FOR, "For how long.");
        describe(properties, PlanKeys.DOWN, "When the link is down.")
                .put("type", "array")
                .set("items", down);
        return link;
    }

    private static ObjectNode object(List<String> keys, String description) {
        ObjectNode object = MAPPER.createObjectNode();
        object.put("description", description);
        object.put("type", "object");
        object.put("additionalProperties", false);
        ObjectNode properties = object.putObject("properties");
        keys.forEach(properties::putObject);
        return object;
    }

    private static void required(ObjectNode object, List<String> keys) {
        keys.forEach(object.withArray("required")::add);
    }

    private static ObjectNode describe(ObjectNode properties, String key, String description) {
        return ((ObjectNode) properties.get(key)).put("description", description);
    }

    private static void time(ObjectNode properties, String key, String description) {
        describe(properties, key, description).put("type", "string").put("pattern", TIME);
    }

    private static void part(ObjectNode properties, String key, String description) {
        describe(properties, key, description).put("type", "string").put("pattern", PART);
    }

    private static void words(ObjectNode node, List<String> words) {
        words.forEach(node.putArray("enum")::add);
    }

    private static String print(ObjectNode node) {
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
        printer.indentArraysWith(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE);
        try {
            return MAPPER.writer(printer).writeValueAsString(node) + "\n";
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}

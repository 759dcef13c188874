package io.softpath.faults.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.softpath.fault.FaultPoint;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The schema and the document say what the code reads. */
class PlanSchemaTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final Path SCHEMA = DOCS.resolve("fault-plan.schema.json");
    private static final Path DOCUMENT = DOCS.resolve("fault-injection.md");
    private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
    private static final Pattern POINT =
            Pattern.compile(
                    "^\\| `([a-z.-]+)` \\| ([a-z]+) \\| (.*) \\| (.*) \\|$", Pattern.MULTILINE);

    @Test
    void shouldBeTheSchemaThatTheCodePrints() throws IOException {
        if (Boolean.getBoolean("softpath.docs.write")) {
            Files.writeString(SCHEMA, PlanSchema.json());
        }
        assertEquals(
                PlanSchema.json(),
                Files.readString(SCHEMA),
                "docs/fault-plan.schema.json: write it with softpath faults plan --schema");
    }

    @Test
    void shouldNameEveryPoint() throws IOException {
        JsonNode at =
                new ObjectMapper()
                        .readTree(Files.readString(SCHEMA))
                        .at("/properties/faults/items/properties/at/enum");
        List<String> labels = new ArrayList<>();
        at.forEach(each -> labels.add(each.asText()));
        assertEquals(Stream.of(FaultPoint.values()).map(FaultPoint::label).toList(), labels);
    }

    @Test
    void shouldReadEveryExampleOfTheDocument() throws IOException {
        Matcher example = YAML.matcher(Files.readString(DOCUMENT));
        int count = 0;
        while (example.find()) {
            Plan plan = PlanFile.parse("docs/fault-injection.md", example.group(1));
            assertFalse(plan.faults().isEmpty() && plan.link().isEmpty(), example.group(1));
            count++;
        }
        assertFalse(count < 3, "examples: " + count);
    }

    @Test
    void shouldDocumentEveryPoint() throws IOException {
        Matcher row = POINT.matcher(Files.readString(DOCUMENT));
        List<String> rows = new ArrayList<>();
        while (row.find()) {
            rows.add(row.group(1) + " " + row.group(2) + " " + row.group(3) + " " + row.group(4));
        }
        assertEquals(
                Stream.of(FaultPoint.values())
                        .map(each ->
                                each.label()
                                        + " "
                                        + each.side().label()
                                        + " "
                                        + each.actions()
                                        + " "
                                        + each.when())
                        .toList(),
                rows);
    }
}

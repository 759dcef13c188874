package io.softpath.faults.plan;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a YAML file says, each part with its place. */
sealed interface PlanNode {
    Place place();

    /** What it is, for people. */
    String kind();

    /** Keys and values, in their order. */
    record Fields(Place place, Map<String, PlanNode> values, Map<String, Place> keys)
            implements PlanNode {
        @Override
        public String kind() {
            return "keys and values";
        }
    }

    /** One after the other. */
    record Items(Place place, List<PlanNode> values) implements PlanNode {
        @Override
        public String kind() {
            return "a list";
        }
    }

    /** A word or a number, as it is written. */
    record Word(Place place, String text) implements PlanNode {
        @Override
        public String kind() {
            return text.isEmpty() ? "nothing" : "\"" + text + "\"";
        }
    }

    /**
     * Reads all of a text.
     *
     * @param file what messages call it
     * @throws PlanException if it is no YAML, or has a key twice
     */
    static PlanNode parse(String file, String text) {
        try (JsonParser parser = new YAMLFactory().createParser(text)) {
            if (parser.nextToken() == null) {
                return new Word(new Place(file, 1, 1), "");
            }
            PlanNode all = read(file, parser);
            if (parser.nextToken() != null) {
                throw Place.of(file, parser.currentTokenLocation())
                        .wrong("a second document begins; a plan is one");
            }
            return all;
        } catch (JsonProcessingException e) {
            throw new PlanException(
                    Place.of(file, e.getLocation())
                            + ": this is no YAML: "
                            + e.getOriginalMessage().lines().findFirst().orElse(""),
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a text does not fail to be read
        }
    }

    private static PlanNode read(String file, JsonParser parser) throws IOException {
        Place place = Place.of(file, parser.currentTokenLocation());
        return switch (parser.currentToken()) {
            case START_OBJECT -> fields(file, place, parser);
            case START_ARRAY -> {
                List<PlanNode> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(read(file, parser));
                }
                yield new Items(place, items);
            }
            case VALUE_NULL -> new Word(place, "");
            default -> new Word(place, parser.getText().strip());
        };
    }

    private static Fields fields(String file, Place place, JsonParser parser) throws IOException {
        Map<String, PlanNode> values = new LinkedHashMap<>();
        Map<String, Place> keys = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            Place keyPlace = Place.of(file, parser.currentTokenLocation());
            if (keys.putIfAbsent(key, keyPlace) != null) {
                throw keyPlace.wrong("\"" + key + "\" is here twice, at first at " + keys.get(key));
            }
            parser.nextToken();
            values.put(key, read(file, parser));
        }
        return new Fields(place, values, keys);
    }
}

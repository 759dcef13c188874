package io.softpath.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.softpath.flight.FlightEvent;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.concurrent.Callable;

/** A command that prints events, or what it makes of them, one a line. */
@Command(sortOptions = false)
abstract class EventCommand implements Callable<Integer> {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @Spec private CommandSpec spec;
    @Mixin private Places places;

    @Option(names = "--json", description = "Print JSON, one object a line.")
    private boolean json;

    private final EventText text = new EventText();

    final Places places() {
        return places;
    }

    final boolean json() {
        return json;
    }

    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    final CommandSpec spec() {
        return spec;
    }

    final EventText text() {
        return text;
    }

    /** What a program, or a person, is shown of an event. */
    final String shown(FlightEvent event) {
        return json ? json(text.json(event)) : text.line(event);
    }

    static String json(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether nobody reads what is printed any more: softpath journal dump | head. */
    final boolean unread() {
        return out().checkError();
    }
}

package io.softpath.journal;

import io.softpath.flight.FlightEvent;
import io.softpath.flight.MessageId;

import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tells what became of one message. */
@Command(
        name = "story",
        description = {
            "Tell the life of one message: post, PIO, wire, header queue, match, complete.",
            "",
            "A message of a matched queue is named LID.CONTEXT-LID.CONTEXT:NUMBER, as dumps show"
                    + " it in from, to and number of a post; one of an application that keeps a"
                    + " history SENDER.INCARNATION-RECEIVER:SEQUENCE.",
            ""
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:the story was told", "1:nothing is known of this message"})
final class StoryCommand extends EventCommand {
    @Parameters(paramLabel = "MESSAGE", description = "1.1-1.2:17, or 2.0-3:17.")
    private String message;

    @Override
    public Integer call() {
        MessageName name = MessageName.parse(message);
        MessageId id = name == null ? applicationId() : null;
        Story story = new Story(places().journals(), id, name);
        List<FlightEvent> events = story.tell();
        if (events.isEmpty()) {
            spec().commandLine()
                    .getErr()
                    .println("softpath journal story: no journal tells of message=" + message);
            return 1;
        }
        if (!json() && story.name() != null) {
            out().println("message " + story.name());
        }
        long start = events.getFirst().timeNs();
        long before = start;
        for (FlightEvent event : events) {
            print(event, start, before);
            before = event.timeNs();
        }
        out().flush();
        return 0;
    }

    private void print(FlightEvent event, long start, long before) {
        long sinceStart = event.timeNs() - start;
        if (json()) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("sinceStartNs", sinceStart);
            json.putAll(text().json(event));
            out().println(json(json));
            return;
        }
        out().printf(
                        "%12.3f us %+12.3f  %s%n",
                        sinceStart / 1e3, (event.timeNs() - before) / 1e3, shown(event));
    }

    private MessageId applicationId() {
        try {
            return MessageId.parse(message);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec().commandLine(),
                    "message="
                            + message
                            + " is neither LID.CONTEXT-LID.CONTEXT:NUMBER, say 1.1-1.2:17, nor"
                            + " SENDER.INCARNATION-RECEIVER:SEQUENCE, say 2.0-3:17",
                    e);
        }
    }
}

package io.softpath.journal;

import io.softpath.flight.Journals;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Prints events whose line matches. */
@Command(
        name = "grep",
        description = "Print the events whose line matches a regular expression.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:some event matches", "1:none does"})
final class GrepCommand extends EventCommand {
    @Mixin private Selection selection;

    @Parameters(paramLabel = "PATTERN", description = "A regular expression, as Java has them.")
    private String pattern;

    private boolean found;

    @Override
    public Integer call() {
        Pattern wanted = compiled();
        Journals.forEach(
                places().journals(),
                event -> {
                    if (selection.test(event) && wanted.matcher(text().line(event)).find()) {
                        out().println(shown(event));
                        found = true;
                    }
                });
        out().flush();
        return found ? 0 : 1;
    }

    private Pattern compiled() {
        try {
            return Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            throw new ParameterException(
                    spec().commandLine(),
                    "pattern=" + pattern + " is no regular expression: " + e.getDescription(),
                    e);
        }
    }
}

package io.softpath.journal;

import io.softpath.flight.Journals;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Prints all events. */
@Command(name = "dump", description = "Print all events of all journals, in the order of time.")
final class DumpCommand extends EventCommand {
    @Mixin private Selection selection;

    @Override
    public Integer call() {
        Journals.forEach(
                places().journals(),
                event -> {
                    if (selection.test(event)) {
                        out().println(shown(event));
                    }
                });
        out().flush();
        return 0;
    }
}

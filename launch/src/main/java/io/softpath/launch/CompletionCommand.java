package io.softpath.launch;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.util.concurrent.Callable;

/** Prints the script for tab completion. */
@Command(
        name = "completion",
        description = "Print a tab completion script for bash and zsh.",
        footer = {"", "In ~/.bashrc or ~/.zshrc:", "  source <(softpath completion)"})
final class CompletionCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        String script = AutoComplete.bash("softpath", spec.root().commandLine());
        spec.commandLine().getOut().print(script);
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
    }
}

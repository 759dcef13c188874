package io.softpath.launch;

import picocli.CommandLine.Option;

import java.nio.file.Path;

/** {@code --dir}: which daemon. */
final class RunDirOption {
    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description =
                    "Run directory of the daemon (default: $$SOFTPATH_DIR, else"
                            + " $$XDG_RUNTIME_DIR/softpath, else /tmp/softpath-<uid>).")
    private Path option;

    RunDir get() {
        return RunDir.of(option, System.getenv());
    }
}

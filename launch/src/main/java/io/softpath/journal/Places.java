package io.softpath.journal;

import io.softpath.driver.DeviceOptions;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.flight.Journals;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where the journals are. */
final class Places {
    @Option(
            names = "--record-dir",
            paramLabel = "DIR",
            description =
                    "Directory with journals, or one journal; may be repeated (default:"
                            + " $SOFTPATH_RECORD_DIR, else flight in the run directory).")
    private List<Path> directories = new ArrayList<>();

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Run directory in whose flight directory the journals are.")
    private Path runDirectory;

    /**
     * The journals that are there.
     *
     * @throws SoftpathException ENOENT if there is none
     */
    List<Path> journals() {
        List<Path> roots = roots();
        List<Path> found = new ArrayList<>();
        try {
            for (Path root : roots) {
                found.addAll(Journals.find(root));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look for journals in " + roots, e);
        }
        if (found.isEmpty()) {
            throw SoftpathException.of(
                    Errno.ENOENT,
                    "no journal in "
                            + roots
                            + ": record one with softpath run --record or softpath daemon"
                            + " --record, or name another place with --record-dir");
        }
        return found;
    }

    private List<Path> roots() {
        if (!directories.isEmpty()) {
            return directories;
        }
        if (runDirectory != null) {
            return List.of(runDirectory.resolve(DeviceOptions.FLIGHT_DIRECTORY));
        }
        return List.of(DeviceOptions.flightDirectory(System.getenv()));
    }
}

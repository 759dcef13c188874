package io.softpath.launch;

import io.softpath.driver.DeviceOptions;
import io.softpath.flight.Journals;
import io.softpath.linux.DirectoryTree;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;

/** Removes what killed daemons and launchers left behind. */
@Command(
        name = "clean",
        description =
                "Remove what killed daemons and jobs left behind; never anything of a living one.",
        footer = {
            "",
            "What is looked at: the run directory, and " + PrivateDir.PREFIX + "* and",
            PrivateDir.BENCH_PREFIX + "* beside it, in the temporary directory and in /dev/shm.",
            "Device memory needs no cleaning: the kernel takes it back with the last process",
            "that maps it."
        })
final class CleanCommand implements Callable<Integer> {
    private static final Pattern DAEMON_FILE =
            Pattern.compile(
                    "ipath\\d*|"
                            + Pattern.quote(RunDir.DAEMON_LOCK)
                            + "|"
                            + Pattern.quote(RunDir.DAEMON_LOG));

    private static final String PRIVATE =
            "{" + PrivateDir.PREFIX + "," + PrivateDir.BENCH_PREFIX + "}*";

    @Spec private CommandSpec spec;
    @Mixin private RunDirOption runDir;

    @Option(
            names = {"-n", "--dry-run"},
            description = "Only say what would be removed.")
    private boolean dryRun;

    @Override
    public Integer call() throws IOException {
        List<Path> removed = new ArrayList<>(journals(runDir.get()));
        removed.addAll(daemonFiles(runDir.get()));
        List<Path> parents = new ArrayList<>(PrivateDir.parents(System.getenv()));
        if (Files.isDirectory(PrivateDir.SHARED_MEMORY)) {
            parents.add(PrivateDir.SHARED_MEMORY);
        }
        for (Path parent : parents) {
            removed.addAll(privateDirs(parent));
        }
        PrintWriter out = spec.commandLine().getOut();
        removed.forEach(p -> out.println((dryRun ? "would remove " : "removed ") + p));
        if (removed.isEmpty()) {
            out.println("nothing to clean");
        }
        return ExitCode.OK;
    }

    /** Journals that nobody writes any more; the place of them if none is left. */
    private List<Path> journals(RunDir dir) throws IOException {
        Path place = dir.path().resolve(DeviceOptions.FLIGHT_DIRECTORY);
        List<Path> removed = new ArrayList<>();
        boolean all = true;
        for (Path journal : Journals.find(place)) {
            boolean living = Journals.writer(journal).isPresent();
            all &= !living;
            if (!living) {
                if (!dryRun) {
                    DirectoryTree.remove(journal);
                }
                removed.add(journal);
            }
        }
        if (all && !removed.isEmpty()) {
            if (!dryRun) {
                DirectoryTree.remove(place);
            }
            removed.add(place);
        }
        return removed;
    }

    /** Takes away only what a daemon makes there, then the directory if nothing else is in it. */
    private List<Path> daemonFiles(RunDir dir) throws IOException {
        List<Path> ours = new ArrayList<>();
        boolean others = false;
        if (Files.isDirectory(dir.path())) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(dir.path())) {
                for (Path entry : entries) {
                    boolean known = DAEMON_FILE.matcher(entry.getFileName().toString()).matches();
                    others |= !known;
                    if (known) {
                        ours.add(entry);
                    }
                }
            }
        }
        Path lock = dir.path().resolve(RunDir.DAEMON_LOCK);
        if (ours.isEmpty() || RunDir.isLocked(lock)) {
            return List.of();
        }
        boolean done = true;
        if (!dryRun) {
            // Under the lock, so that a daemon that starts this moment finds either all or nothing.
            done =
                    RunDir.whileLocked(
                            lock,
                            () -> {
                                for (Path path : ours) {
                                    Files.deleteIfExists(path);
                                }
                                Files.deleteIfExists(lock);
                            });
        }
        if (!done) {
            return List.of();
        }
        List<Path> removed = new ArrayList<>(ours);
        if (!others) {
            if (!dryRun) {
                Files.deleteIfExists(dir.path());
            }
            removed.add(dir.path());
        }
        return removed;
    }

    private List<Path> privateDirs(Path parent) throws IOException {
        List<Path> removed = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent, PRIVATE)) {
            for (Path entry : entries) {
                Path lock = entry.resolve(PrivateDir.LOCK);
                boolean ours =
                        Files.isDirectory(entry) && Files.isWritable(entry) && Files.exists(lock);
                if (ours
                        && !RunDir.isLocked(lock)
                        && !RunDir.isLocked(entry.resolve(RunDir.DAEMON_LOCK))) {
                    if (!dryRun) {
                        DirectoryTree.remove(entry);
                    }
                    removed.add(entry);
                }
            }
        }
        return removed;
    }
}

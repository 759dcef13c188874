package io.softpath.launch;

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

/** Removes what killed daemons and launchers left behind. */
@Command(
        name = "clean",
        description =
                "Remove what killed daemons and jobs left behind; never anything of a living one.",
        footer = {
            "",
            "What is looked at: the run directory, and "
                    + PrivateDir.PREFIX
                    + "* beside it and in the temporary directory.",
            "Device memory needs no cleaning: the kernel takes it back with the last process that"
                    + " maps it."
        })
final class CleanCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private RunDirOption runDir;

    @Option(
            names = {"-n", "--dry-run"},
            description = "Only say what would be removed.")
    private boolean dryRun;

    @Override
    public Integer call() throws IOException {
        List<Path> removed = new ArrayList<>();
        RunDir dir = runDir.get();
        if (Files.isDirectory(dir.path())
                && !RunDir.isLocked(dir.path().resolve(RunDir.DAEMON_LOCK))) {
            removed.addAll(removeDaemonFiles(dir));
        }
        for (Path parent : PrivateDir.parents(System.getenv())) {
            removed.addAll(removePrivateDirs(parent));
        }
        PrintWriter out = spec.commandLine().getOut();
        removed.forEach(p -> out.println((dryRun ? "would remove " : "removed ") + p));
        if (removed.isEmpty()) {
            out.println("nothing to clean");
        }
        return ExitCode.OK;
    }

    /** Takes away only what a daemon makes there, then the directory if nothing else is in it. */
    private List<Path> removeDaemonFiles(RunDir dir) throws IOException {
        List<Path> removed = new ArrayList<>();
        boolean others = false;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(dir.path())) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (name.matches("ipath\\d*")
                        || name.equals(RunDir.DAEMON_LOCK)
                        || name.equals(RunDir.DAEMON_LOG)) {
                    remove(entry, removed);
                } else {
                    others = true;
                }
            }
        }
        if (!others) {
            remove(dir.path(), removed);
        }
        return removed;
    }

    private void remove(Path path, List<Path> removed) throws IOException {
        if (!dryRun) {
            Files.deleteIfExists(path);
        }
        removed.add(path);
    }

    private List<Path> removePrivateDirs(Path parent) throws IOException {
        List<Path> removed = new ArrayList<>();
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(parent, PrivateDir.PREFIX + "*")) {
            for (Path entry : entries) {
                Path lock = entry.resolve(PrivateDir.LOCK);
                boolean ours =
                        Files.isDirectory(entry) && Files.isWritable(entry) && Files.exists(lock);
                if (ours
                        && !RunDir.isLocked(lock)
                        && !RunDir.isLocked(entry.resolve(RunDir.DAEMON_LOCK))) {
                    if (!dryRun) {
                        PrivateDir.delete(entry);
                    }
                    removed.add(entry);
                }
            }
        }
        return removed;
    }
}

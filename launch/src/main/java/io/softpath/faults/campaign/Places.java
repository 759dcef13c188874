package io.softpath.faults.campaign;

import io.softpath.launch.PrivateDir;
import io.softpath.linux.DirectoryTree;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;

/** The directories of a campaign, all in one that goes with it. */
final class Places implements AutoCloseable {
    private final PrivateDir all = PrivateDir.create();
    private final Path run = make("run");
    private final Path temporary = make("tmp");
    private final Path histories = make("histories");
    private final Path logs = make("logs");

    private Path make(String name) {
        try {
            Path path = Files.createDirectory(all.path().resolve(name));
            Files.setPosixFilePermissions(
                    path,
                    EnumSet.of(
                            PosixFilePermission.OWNER_READ,
                            PosixFilePermission.OWNER_WRITE,
                            PosixFilePermission.OWNER_EXECUTE));
            return path;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the directory " + name, e);
        }
    }

    /** The daemon's run directory. */
    Path run() {
        return run;
    }

    /** What the children take for the temporary directory. */
    Path temporary() {
        return temporary;
    }

    /** What a process has written down. */
    Path history(int process) {
        return histories.resolve("process-" + process);
    }

    Path histories() {
        return histories;
    }

    Path log(String name) {
        return logs.resolve(name + ".log");
    }

    Path logs() {
        return logs;
    }

    /** Something for the whole campaign. */
    Path shared(String name) {
        return all.path().resolve(name);
    }

    /** Copies what belongs to a round, for somebody to look at. */
    void keep(Path directory) {
        try {
            DirectoryTree.remove(directory);
            Files.createDirectories(directory);
            for (Path from : new Path[] {histories, logs}) {
                try (var files = Files.list(from)) {
                    for (Path file : files.toList()) {
                        Files.copy(file, directory.resolve(file.getFileName()));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep a round in " + directory, e);
        }
    }

    @Override
    public void close() {
        all.close();
    }
}

package io.softpath.launch;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.softpath.linux.CurrentProcess;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs children under another uid, without any privilege. That user cannot read this user's files,
 * so it gets copies of the code that it runs.
 */
final class OtherUser implements AutoCloseable {
    /** Nobody's number. */
    static final int UID = 61234;

    private static final String[] SETPRIV = {
        "setpriv",
        "--reuid=" + UID,
        "--regid=" + UID,
        "--clear-groups",
        "--inh-caps=-all",
        "--bounding-set=-all"
    };

    private final Path directory;
    private final List<String> classPath = new ArrayList<>();
    private Path flagsFile;

    private OtherUser(Path directory) {
        this.directory = directory;
    }

    /** Skips the test where this process cannot start one as another user. */
    static void assumeAvailable() {
        assumeTrue(CurrentProcess.uid() == 0, "needs root, to start a process under another uid");
        assumeTrue(canRunJava(), "needs setpriv (util-linux), and a JDK that other users may run");
    }

    private static boolean canRunJava() {
        List<String> command = new ArrayList<>(List.of(SETPRIV));
        command.addAll(List.of("test", "-x", JvmFlags.java()));
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Copies the class path entries of these classes to where that user can read them. */
    static OtherUser withCodeOf(String... classNames) {
        OtherUser user = new OtherUser(ChildDaemon.newDirectory("rwxr-xr-x"));
        try {
            user.flagsFile = user.copy(JvmFlags.file());
            for (String name : classNames) {
                Class<?> type = Class.forName(name, false, OtherUser.class.getClassLoader());
                Path code =
                        Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
                String copy = user.copy(code).toString();
                if (!user.classPath.contains(copy)) {
                    user.classPath.add(copy);
                }
            }
            return user;
        } catch (IOException | ClassNotFoundException | URISyntaxException e) {
            user.close();
            throw new IllegalStateException("cannot copy the code of " + List.of(classNames), e);
        }
    }

    /** Copies what is shipped to where that user can read it. */
    static OtherUser withShipped() {
        OtherUser user = new OtherUser(ChildDaemon.newDirectory("rwxr-xr-x"));
        try {
            Path copy = user.copy(Shipped.DIST);
            user.flagsFile = copy.resolve("jvm.flags");
            user.classPath.add(copy.resolve("softpath.jar").toString());
            return user;
        } catch (IOException e) {
            user.close();
            throw new UncheckedIOException("cannot copy " + Shipped.DIST, e);
        }
    }

    /** Copies a file or a directory once. */
    private Path copy(Path source) throws IOException {
        Path parent = source.getParent().getParent(); // of driver-lib/target/classes: driver-lib
        Path target = directory.resolve(parent.getFileName() + "-" + source.getFileName());
        if (Files.exists(target)) {
            return target;
        }
        try (Stream<Path> files = Files.walk(source)) {
            for (Path file : files.toList()) {
                Path copy = target.resolve(source.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectory(copy);
                    Files.setPosixFilePermissions(
                            copy, PosixFilePermissions.fromString("rwxr-xr-x"));
                } else {
                    Files.copy(file, copy);
                    Files.setPosixFilePermissions(
                            copy, PosixFilePermissions.fromString("rw-r--r--"));
                }
            }
        }
        return target;
    }

    /** A child of that user. */
    Jvm.Builder jvm(String mainClass) {
        return run(Jvm.of(mainClass));
    }

    /** Makes a child that user's. */
    Jvm.Builder run(Jvm.Builder child) {
        return child.prefix(SETPRIV).classPath(String.join(":", classPath)).flagsFile(flagsFile);
    }

    /** A new empty directory that belongs to that user and that everybody may enter. */
    Path newDirectory() {
        Path made = ChildDaemon.newDirectory("rwxr-xr-x");
        give(made);
        return made;
    }

    /** Makes a file or a directory that user's. */
    void give(Path file) {
        try {
            Files.setAttribute(file, "unix:uid", UID);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        ChildDaemon.delete(directory);
    }
}

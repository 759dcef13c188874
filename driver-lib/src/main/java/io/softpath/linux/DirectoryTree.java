package io.softpath.linux;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/** A directory with all that is in it. */
public final class DirectoryTree {
    private DirectoryTree() {}

    /**
     * Removes it, whoever made what is in it. Symbolic links are not followed. Fine if it, or
     * anything in it, is gone already: somebody else may remove it at the same time.
     *
     * @throws IOException if something cannot be removed; what was removed before is gone
     */
    public static void remove(Path directory) throws IOException {
        Files.walkFileTree(directory, new Removal());
    }

    private static final class Removal extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw e;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path done, IOException e) throws IOException {
            if (e != null) {
                throw e;
            }
            Files.deleteIfExists(done);
            return FileVisitResult.CONTINUE;
        }
    }
}

package dev.sluice.common.io;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Lists and deletes directories; never follows links. Blocking. */
public final class DirectoryTree {
    private DirectoryTree() {}

    /** Deletes as much as possible, then fails with the first error; files deleted concurrently are ignored. */
    public static void deleteRecursively(Path root) throws IOException {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Deletion deletion = new Deletion();
        Files.walkFileTree(root, deletion);
        IOException error = deletion.firstError;
        if (error != null) {
            throw error;
        }
    }

    /** The sorted names of the entries of a directory; empty if it does not exist. */
    public static List<String> list(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> String.valueOf(entry.getFileName()))
                    .sorted()
                    .toList();
        } catch (NoSuchFileException missing) {
            return List.of();
        }
    }

    /** Deletes a directory if it exists and is empty. */
    public static void deleteIfEmpty(Path directory) throws IOException {
        try {
            Files.deleteIfExists(directory);
        } catch (DirectoryNotEmptyException notEmpty) {
            return;
        }
    }

    private static final class Deletion extends SimpleFileVisitor<Path> {
        private @Nullable IOException firstError;

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            return delete(file);
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException cause) {
            return cause instanceof NoSuchFileException ? FileVisitResult.CONTINUE : record(cause);
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException cause) {
            return delete(directory);
        }

        private FileVisitResult delete(Path path) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException cause) {
                return record(cause);
            }
            return FileVisitResult.CONTINUE;
        }

        private FileVisitResult record(IOException cause) {
            if (firstError == null) {
                firstError = cause;
            }
            return FileVisitResult.CONTINUE;
        }
    }
}

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

/** A directory with all that is in it; links are things of their own and never followed. Blocking. */
public final class DirectoryTree {
    private DirectoryTree() {}

    /** Removes as much as it can; something removed meanwhile by another is no trouble. */
    public static void deleteRecursively(Path root) throws IOException {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Removal removal = new Removal();
        Files.walkFileTree(root, removal);
        IOException trouble = removal.trouble;
        if (trouble != null) {
            throw trouble;
        }
    }

    /** The names of what is directly in a directory, sorted; none if it is not there. */
    public static List<String> list(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> String.valueOf(entry.getFileName()))
                    .sorted()
                    .toList();
        } catch (NoSuchFileException gone) {
            return List.of();
        }
    }

    /** Removes a directory unless something is in it or it is gone. */
    public static void deleteIfEmpty(Path directory) throws IOException {
        try {
            Files.deleteIfExists(directory);
        } catch (DirectoryNotEmptyException inUse) {
            return;
        }
    }

    private static final class Removal extends SimpleFileVisitor<Path> {
        private @Nullable IOException trouble;

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            return delete(file);
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException cause) {
            return cause instanceof NoSuchFileException ? FileVisitResult.CONTINUE : note(cause);
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException cause) {
            return delete(directory);
        }

        private FileVisitResult delete(Path path) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException cause) {
                return note(cause);
            }
            return FileVisitResult.CONTINUE;
        }

        private FileVisitResult note(IOException cause) {
            if (trouble == null) {
                trouble = cause;
            }
            return FileVisitResult.CONTINUE;
        }
    }
}

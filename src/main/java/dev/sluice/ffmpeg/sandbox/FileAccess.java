package dev.sluice.ffmpeg.sandbox;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Files of this host that a program may access.
 *
 * @param directory the working directory
 * @param access to the files in it
 * @param source a file to read, in the directory or elsewhere; never writable
 */
public record FileAccess(Path directory, Access access, Optional<Path> source) {

    /** Access to the files of the working directory. Not enforced without a sandbox. */
    enum Access {
        NONE,
        READ,
        WRITE
    }

    public FileAccess {
        directory = directory.toAbsolutePath();
        source = source.map(Path::toAbsolutePath);
    }

    /** Reads one file. */
    public static FileAccess readFile(Path source) {
        return new FileAccess(directoryOf(source), Access.NONE, Optional.of(source));
    }

    /** Reads the files of a directory. */
    public static FileAccess readDirectory(Path directory) {
        return new FileAccess(directory, Access.READ, Optional.empty());
    }

    /** Reads and writes a directory. */
    public static FileAccess writeDirectory(Path directory) {
        return new FileAccess(directory, Access.WRITE, Optional.empty());
    }

    /** Reads {@code source} and writes a directory. */
    public static FileAccess encode(Path directory, Path source) {
        return new FileAccess(directory, Access.WRITE, Optional.of(source));
    }

    /** No files but the program itself. */
    public static FileAccess none(Path program) {
        return new FileAccess(directoryOf(program), Access.NONE, Optional.empty());
    }

    private static Path directoryOf(Path file) {
        return Optional.ofNullable(file.toAbsolutePath().getParent()).orElseThrow();
    }
}

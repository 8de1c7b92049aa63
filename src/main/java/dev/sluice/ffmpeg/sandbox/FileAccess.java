package dev.sluice.ffmpeg.sandbox;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a run may touch of this host's files.
 *
 * @param directory where the program works
 * @param access what the program may do with the files in there
 * @param source a file to read, in the directory or elsewhere; it can't be written to
 */
public record FileAccess(Path directory, Access access, Optional<Path> source) {

    /** What a program may do with the files of its directory. Without a sandbox it may do all. */
    enum Access {
        NONE,
        READ,
        WRITE
    }

    public FileAccess {
        directory = directory.toAbsolutePath();
        source = source.map(Path::toAbsolutePath);
    }

    /** One file, to look at. */
    public static FileAccess readFile(Path source) {
        return new FileAccess(directoryOf(source), Access.NONE, Optional.of(source));
    }

    /** The files of a directory, to look at. */
    public static FileAccess readDirectory(Path directory) {
        return new FileAccess(directory, Access.READ, Optional.empty());
    }

    /** A directory to make files in. */
    public static FileAccess writeDirectory(Path directory) {
        return new FileAccess(directory, Access.WRITE, Optional.empty());
    }

    /** A directory to make files in, of what {@code source} holds. */
    public static FileAccess encode(Path directory, Path source) {
        return new FileAccess(directory, Access.WRITE, Optional.of(source));
    }

    /** Nothing at all. */
    public static FileAccess none(Path program) {
        return new FileAccess(directoryOf(program), Access.NONE, Optional.empty());
    }

    private static Path directoryOf(Path file) {
        return Optional.ofNullable(file.toAbsolutePath().getParent()).orElseThrow();
    }
}

package dev.sluice.common.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Creates directories and files that only their owner can access, whatever the umask of the process is. On a file system without
 * POSIX permissions they have the default permissions. Blocking.
 */
public final class PrivateFiles {
    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> PROGRAM = DIRECTORY;
    private static final boolean POSIX =
            FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

    private PrivateFiles() {}

    /** Creates the missing directories of the path; existing ones keep their permissions, because an operator may share them. */
    public static void createDirectories(Path directory) throws IOException {
        Files.createDirectories(directory, attributes(DIRECTORY));
    }

    /** Creates the missing directories above a file. */
    public static void createParents(Path file) throws IOException {
        Path parent = file.getParent();
        if (parent != null) {
            createDirectories(parent);
        }
    }

    /** As {@link #createDirectories}, and also removes the permissions of other users from a directory that exists. */
    public static void ownDirectory(Path directory) throws IOException {
        createDirectories(directory);
        restrict(directory);
    }

    /** Opens the file for writing and creates it if it is missing. */
    public static FileChannel open(Path file, StandardOpenOption... options) throws IOException {
        Set<OpenOption> all = Stream.concat(
                        Stream.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), Stream.of(options))
                .collect(Collectors.toSet());
        return FileChannel.open(file, all, attributes(FILE));
    }

    /** Creates an empty file if there is none, for a library that then writes to it. */
    public static void createIfMissing(Path file) throws IOException {
        open(file).close();
        restrict(file);
    }

    /** Replaces the content of the file. */
    public static void writeString(Path file, String content) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, attributes(FILE));
        Files.writeString(file, content, StandardCharsets.UTF_8);
    }

    /** Makes an existing file a program. */
    public static void makeExecutable(Path file) throws IOException {
        if (POSIX) {
            Files.setPosixFilePermissions(file, PROGRAM);
        }
    }

    /** Removes the permissions of other users from an existing file or directory. */
    public static void restrict(Path path) throws IOException {
        if (POSIX) {
            boolean directory = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
            Files.setPosixFilePermissions(path, directory ? DIRECTORY : FILE);
        }
    }

    private static FileAttribute<?>[] attributes(Set<PosixFilePermission> permissions) {
        return POSIX
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
                : new FileAttribute<?>[0];
    }
}

package dev.sluice.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Permissions of the files that a process has made. */
final class FileModes {
    private static final Set<PosixFilePermission> OWNER = EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    private FileModes() {}

    /** The files and directories that users other than the owner may access, as {@code find -perm /077} lists them. */
    static List<Path> accessibleByOthers(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> all = files.filter(file -> !Files.isSymbolicLink(file)).toList();
            return all.stream().filter(FileModes::isAccessibleByOthers).toList();
        }
    }

    private static boolean isAccessibleByOthers(Path file) {
        try {
            return !OWNER.containsAll(Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
        } catch (IOException removed) {
            return false;
        }
    }
}

package dev.sluice.ffmpeg.install;

import com.sun.security.auth.module.UnixSystem;
import dev.sluice.common.io.DirectoryTree;
import dev.sluice.common.io.PrivateFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;

/**
 * Directory with unpacked programs. It can be trusted if no other user can change it, and it is intact if each file has the
 * checksum it had when it was unpacked. The checksum (CRC-32) finds damage; owner and permissions keep attackers out. Blocking.
 */
record ProgramDirectory(Path path) {
    private static final String CHECKSUMS = "checksums";
    private static final long ROOT = 0;
    /** Belongs to the user of this process. Linux only. */
    private static final Path PROCESS = Path.of("/proc/self");

    private static final Set<PosixFilePermission> WRITE_BY_OTHERS =
            Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    /**
     * Fails if other users can change the directory or a file in it.
     *
     * @throws IOException with a message that names the file and the rule
     */
    void requireTrusted() throws IOException {
        requireTrusted(path);
        for (String name : DirectoryTree.list(path)) {
            requireTrusted(path.resolve(name));
        }
    }

    /** As {@link #requireTrusted()}, for the directory or file alone. */
    static void requireTrusted(Path file) throws IOException {
        if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return;
        }
        long owner = owner(file, LinkOption.NOFOLLOW_LINKS);
        if (owner != ROOT && owner != currentUser()) {
            throw new IOException(file + " belongs to another user (" + owner + "); programs in it cannot be trusted");
        }
        for (PosixFilePermission permission : Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS)) {
            if (WRITE_BY_OTHERS.contains(permission)) {
                throw new IOException(file + " is writable by other users; programs in it cannot be trusted");
            }
        }
    }

    /** {@link UnixSystem} reports 0 for a user without a name, which is common in containers. */
    private static long currentUser() throws IOException {
        return Files.exists(PROCESS) ? owner(PROCESS) : new UnixSystem().getUid();
    }

    private static long owner(Path file, LinkOption... options) throws IOException {
        return ((Number) Files.getAttribute(file, "unix:uid", options)).longValue();
    }

    /** Whether all files are there, with the content they had when they were unpacked. */
    boolean isIntact() throws IOException {
        try {
            return Files.readString(path.resolve(CHECKSUMS)).equals(checksums());
        } catch (NoSuchFileException incomplete) {
            return false;
        }
    }

    /** Makes the files private and writes their checksums. */
    void seal() throws IOException {
        for (String name : DirectoryTree.list(path)) {
            PrivateFiles.makeExecutable(path.resolve(name));
        }
        PrivateFiles.writeString(path.resolve(CHECKSUMS), checksums());
    }

    private String checksums() throws IOException {
        Set<String> names = new TreeSet<>(DirectoryTree.list(path));
        names.remove(CHECKSUMS);
        StringBuilder lines = new StringBuilder();
        for (String name : names) {
            lines.append(String.format("%08x  %s%n", checksum(path.resolve(name)), name));
        }
        return lines.toString();
    }

    private static long checksum(Path file) throws IOException {
        CRC32 crc = new CRC32();
        try (InputStream content = new CheckedInputStream(Files.newInputStream(file), crc)) {
            content.transferTo(OutputStream.nullOutputStream());
        }
        return crc.getValue();
    }
}

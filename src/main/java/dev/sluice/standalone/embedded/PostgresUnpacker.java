package dev.sluice.standalone.embedded;

import dev.sluice.common.io.DirectoryTree;
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
 * Unpacks PostgreSQL's programs file by file. zonky would read the whole archive into memory at every start, and at the first
 * one hold much of its 57 MiB at once; so it gets an archive that is a name only, and finds the directory for it ready.
 *
 * @param home where the directory of a version goes
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
     * zonky takes a directory for ready whose marker is there and not older than what is beside it, which is not so after a copy
     * that didn't keep the times; and then it would unpack the archive that is a name only. So all get the same time.
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
                .orElseThrow(() -> new IOException("there is none for " + system + " on " + hardware + " in this jar"));
    }

    /** Under another name first: what is cut short is no directory of programs. */
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
        Files.createFile(draft.resolve(UNPACKED));
        Files.move(draft, programs);
    }

    private static void unpack(TarArchiveEntry entry, InputStream content, Path draft) throws IOException {
        Path target = within(draft, entry.getName());
        if (entry.isDirectory()) {
            Files.createDirectories(target);
        } else {
            Files.createDirectories(target.getParent());
            if (entry.isSymbolicLink()) {
                Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
            } else if (entry.isLink()) {
                // A second name of a file that came before; it has no content of its own.
                Files.createLink(target, within(draft, entry.getLinkName()));
            } else {
                Files.copy(content, target);
                // PostgreSQL, which does not run as root, is another user then.
                target.toFile().setExecutable((entry.getMode() & EXECUTABLE) != 0, false);
            }
        }
    }

    private static Path within(Path draft, String name) throws IOException {
        Path path = draft.resolve(name).normalize();
        if (!path.startsWith(draft)) {
            throw new IOException("'" + name + "' leads out of the archive");
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

package dev.sluice.ffmpeg.install;

import dev.sluice.common.io.DirectoryTree;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.CRC32;

/**
 * Unpacks the FFmpeg that is bundled in the jar into the cache. The directory is named after its content and appears
 * atomically, so that several processes can unpack concurrently and a new build never uses files of an old one.
 */
final class BundledFfmpeg {
    /** Incremented when the changes to the unpacked files change. */
    private static final int LAYOUT = 1;

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private final String classifier;
    private final Path cache;

    BundledFfmpeg(String classifier, Path cache) {
        this.classifier = classifier;
        this.cache = cache.toAbsolutePath();
    }

    /**
     * The directory with {@code ffmpeg} and {@code ffprobe}; empty if this build has no FFmpeg for this platform.
     *
     * @throws IOException if the cache cannot be written or is writable by other users
     */
    Optional<Path> unpack() throws IOException {
        String prefix = "org/bytedeco/ffmpeg/" + classifier + "/";
        URL program = BundledFfmpeg.class.getClassLoader().getResource(prefix + "ffmpeg");
        if (program == null || !(program.openConnection() instanceof JarURLConnection connection)) {
            return Optional.empty();
        }
        connection.setUseCaches(false);
        try (JarFile jar = connection.getJarFile()) {
            List<JarEntry> files = jar.stream()
                    .filter(entry -> entry.getName().startsWith(prefix) && !entry.isDirectory())
                    .filter(entry -> !entry.getName().startsWith(prefix + "libjni"))
                    .toList();
            Path directory = cache.resolve(classifier + "-" + fingerprint(files));
            if (!isComplete(directory, files)) {
                prepareCache();
                unpack(jar, files, directory);
            }
            return Optional.of(directory);
        }
    }

    private static String fingerprint(List<JarEntry> files) {
        CRC32 crc = new CRC32();
        crc.update(LAYOUT);
        for (JarEntry file : files) {
            crc.update((file.getName() + file.getCrc()).getBytes(StandardCharsets.UTF_8));
        }
        return String.format("%08x", crc.getValue());
    }

    private static boolean isComplete(Path directory, List<JarEntry> files) throws IOException {
        for (JarEntry file : files) {
            Path path = directory.resolve(nameOf(file));
            if (!Files.isRegularFile(path) || Files.size(path) != file.getSize()) {
                return false;
            }
        }
        return Files.isExecutable(directory.resolve("ffmpeg")) && Files.isExecutable(directory.resolve("ffprobe"));
    }

    private void prepareCache() throws IOException {
        Files.createDirectories(cache);
        PosixFileAttributeView view = Files.getFileAttributeView(cache, PosixFileAttributeView.class);
        if (view != null && view.readAttributes().permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException(cache + " is writable by all users; programs in it cannot be trusted");
        }
    }

    private void unpack(JarFile jar, List<JarEntry> files, Path directory) throws IOException {
        Path unpacked = Files.createTempDirectory(cache, "unpacking-", PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        try {
            for (JarEntry file : files) {
                Path target = unpacked.resolve(nameOf(file));
                try (InputStream content = jar.getInputStream(file)) {
                    Files.copy(content, target);
                }
                Files.setPosixFilePermissions(target, OWNER_ONLY);
            }
            if (classifier.startsWith("linux")) {
                DesktopLibraryStubs.installInto(unpacked);
            }
            publish(unpacked, directory, files);
        } finally {
            DirectoryTree.deleteRecursively(unpacked);
        }
    }

    /** Moves the unpacked directory to its final path, unless another process did so first. */
    private void publish(Path unpacked, Path directory, List<JarEntry> files) throws IOException {
        try {
            Files.move(unpacked, directory, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.exists(directory)) {
                throw e;
            }
            if (!isComplete(directory, files)) {
                replace(directory, unpacked);
            }
        }
    }

    /** Replaces a directory from which files were deleted; running programs keep their open files. */
    private void replace(Path directory, Path unpacked) throws IOException {
        Path temporary = Files.createTempDirectory(cache, "unpacking-");
        try {
            Files.move(directory, temporary.resolve("old"), StandardCopyOption.ATOMIC_MOVE);
            Files.move(unpacked, directory, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            DirectoryTree.deleteRecursively(temporary);
        }
    }

    private static String nameOf(JarEntry file) {
        return file.getName().substring(file.getName().lastIndexOf('/') + 1);
    }
}

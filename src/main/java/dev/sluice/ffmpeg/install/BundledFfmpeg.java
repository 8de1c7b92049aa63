package dev.sluice.ffmpeg.install;

import dev.sluice.common.io.DirectoryTree;
import dev.sluice.common.io.PrivateFiles;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.CRC32;

/**
 * Unpacks the FFmpeg that is bundled in the jar into the cache. The directory is named after its content and appears
 * atomically, so that several processes can unpack concurrently and a new build never uses files of an old one.
 */
final class BundledFfmpeg {
    /** Incremented when the changes to the unpacked files change. */
    private static final int LAYOUT = 2;

    private final String classifier;
    private final Path cache;

    BundledFfmpeg(String classifier, Path cache) {
        this.classifier = classifier;
        this.cache = cache.toAbsolutePath();
    }

    /**
     * The directory with {@code ffmpeg} and {@code ffprobe}; empty if this build has no FFmpeg for this platform.
     *
     * @throws IOException if the cache cannot be written, or other users can change it
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
            prepareCache();
            if (!isUsable(directory)) {
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

    private static boolean isUsable(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return false;
        }
        ProgramDirectory programs = new ProgramDirectory(directory);
        programs.requireTrusted();
        return programs.isIntact();
    }

    private void prepareCache() throws IOException {
        PrivateFiles.createDirectories(cache);
        ProgramDirectory.requireTrusted(cache);
    }

    private void unpack(JarFile jar, List<JarEntry> files, Path directory) throws IOException {
        Path unpacked = Files.createTempDirectory(cache, "unpacking-");
        try {
            for (JarEntry file : files) {
                Path target = unpacked.resolve(nameOf(file));
                try (InputStream content = jar.getInputStream(file)) {
                    Files.copy(content, target);
                }
            }
            if (classifier.startsWith("linux")) {
                DesktopLibraryStubs.installInto(unpacked);
            }
            new ProgramDirectory(unpacked).seal();
            publish(unpacked, directory);
        } finally {
            DirectoryTree.deleteRecursively(unpacked);
        }
    }

    /** Moves the unpacked directory to its final path, unless another process did so first. */
    private void publish(Path unpacked, Path directory) throws IOException {
        try {
            Files.move(unpacked, directory, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.exists(directory)) {
                throw e;
            }
            if (!isUsable(directory)) {
                replace(directory, unpacked);
            }
        }
    }

    /** Replaces a directory with missing or damaged files; running programs keep their open files. */
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

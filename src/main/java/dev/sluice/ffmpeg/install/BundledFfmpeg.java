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
 * The FFmpeg inside our jar, unpacked into the cache so that it can be run. The directory is named after its content and
 * appears in one step, so several processes may unpack at once and a new build never meets an old build's files.
 */
final class BundledFfmpeg {
    /** Raised when what is done to the unpacked files changes. */
    private static final int LAYOUT = 1;

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    private final String classifier;
    private final Path cache;

    BundledFfmpeg(String classifier, Path cache) {
        this.classifier = classifier;
        this.cache = cache.toAbsolutePath();
    }

    /**
     * The directory with {@code ffmpeg} and {@code ffprobe}; empty if this build holds none for this platform.
     *
     * @throws IOException if the cache can't be written or is open to other users
     */
    Optional<Path> unpacked() throws IOException {
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
            Path home = cache.resolve(classifier + "-" + fingerprint(files));
            if (!isComplete(home, files)) {
                prepareCache();
                unpack(jar, files, home);
            }
            return Optional.of(home);
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

    private static boolean isComplete(Path home, List<JarEntry> files) throws IOException {
        for (JarEntry file : files) {
            Path there = home.resolve(nameOf(file));
            if (!Files.isRegularFile(there) || Files.size(there) != file.getSize()) {
                return false;
            }
        }
        return Files.isExecutable(home.resolve("ffmpeg")) && Files.isExecutable(home.resolve("ffprobe"));
    }

    private void prepareCache() throws IOException {
        Files.createDirectories(cache);
        PosixFileAttributeView view = Files.getFileAttributeView(cache, PosixFileAttributeView.class);
        if (view != null && view.readAttributes().permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException("anybody may write to " + cache + ", so programs in it can't be trusted");
        }
    }

    private void unpack(JarFile jar, List<JarEntry> files, Path home) throws IOException {
        Path fresh = Files.createTempDirectory(cache, "unpacking-", PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        try {
            for (JarEntry file : files) {
                Path target = fresh.resolve(nameOf(file));
                try (InputStream content = jar.getInputStream(file)) {
                    Files.copy(content, target);
                }
                Files.setPosixFilePermissions(target, OWNER_ONLY);
            }
            if (classifier.startsWith("linux")) {
                DesktopLibraryStubs.installInto(fresh);
            }
            publish(fresh, home, files);
        } finally {
            DirectoryTree.deleteRecursively(fresh);
        }
    }

    /** Puts the fresh directory in its place, unless another process was first. */
    private void publish(Path fresh, Path home, List<JarEntry> files) throws IOException {
        try {
            Files.move(fresh, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.exists(home)) {
                throw e;
            }
            if (!isComplete(home, files)) {
                replace(home, fresh);
            }
        }
    }

    /** A cleaner took some of the files of {@code home}; what still runs from there keeps the files that it has open. */
    private void replace(Path home, Path fresh) throws IOException {
        Path aside = Files.createTempDirectory(cache, "unpacking-");
        try {
            Files.move(home, aside.resolve("old"), StandardCopyOption.ATOMIC_MOVE);
            Files.move(fresh, home, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            DirectoryTree.deleteRecursively(aside);
        }
    }

    private static String nameOf(JarEntry file) {
        return file.getName().substring(file.getName().lastIndexOf('/') + 1);
    }
}

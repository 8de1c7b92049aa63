package dev.sluice.ffmpeg.install;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Operating system and processor.
 *
 * @param name as reported by the JVM, for messages
 * @param bundle classifier of the bundled FFmpeg for this platform, if there is one
 */
public record Platform(String name, Optional<String> bundle) {
    private static final Map<String, String> BUNDLES = Map.of(
            "linux/amd64", "linux-x86_64-gpl",
            "linux/aarch64", "linux-arm64-gpl",
            "mac os x/x86_64", "macosx-x86_64-gpl",
            "mac os x/aarch64", "macosx-arm64-gpl");

    static Platform current() {
        return of(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
    }

    static Platform of(String system, String processor) {
        String name = (system + "/" + processor).toLowerCase(Locale.ROOT);
        return new Platform(name, Optional.ofNullable(BUNDLES.get(name)));
    }

    /** The absolute directories of the PATH. */
    public static List<Path> searchPath() {
        return Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator))
                .filter(entry -> !entry.isBlank())
                .map(Path::of)
                .filter(Path::isAbsolute)
                .toList();
    }
}

package dev.sluice.ffmpeg.install;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Stubs of the desktop libraries (screen, audio, hardware) to which the bundled FFmpeg is linked for its capture devices. Sluice
 * never uses these, servers lack the libraries, and loading them costs time. Each is replaced by an empty library of the same
 * name beside the programs, and the programs are changed to search that directory first.
 */
final class DesktopLibraryStubs {
    private static final Map<String, List<String>> VERSIONS_BY_NAME = Map.of(
            "libxcb.so.1", List.of(),
            "libxcb-shm.so.0", List.of(),
            "libasound.so.2", List.of("ALSA_0.9", "ALSA_0.9.0rc4"),
            "libpulse.so.0", List.of("PULSE_0"),
            "libudev.so.1", List.of("LIBUDEV_183"),
            "libdrm.so.2", List.of(),
            "libva.so.2", List.of("VA_API_0.33.0"),
            "libva-drm.so.2", List.of());

    private DesktopLibraryStubs() {}

    /** Writes the libraries that the bundle does not contain, and makes its programs find them. */
    static void installInto(Path directory) throws IOException {
        ElfFile ffmpeg = ElfFile.read(directory.resolve("ffmpeg"));
        for (Map.Entry<String, List<String>> library : VERSIONS_BY_NAME.entrySet()) {
            Path file = directory.resolve(library.getKey());
            if (!Files.exists(file)) {
                Files.write(file, StubLibraryWriter.build(ffmpeg.machine(), library.getKey(), library.getValue()));
            }
        }
        for (String program : List.of("ffmpeg", "ffprobe")) {
            Path file = directory.resolve(program);
            ElfFile elf = ElfFile.read(file);
            elf.convertRunpathToRpath();
            Files.write(file, elf.bytes());
        }
    }
}

package dev.sluice.ffmpeg.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.config.FfmpegConfig;
import dev.sluice.config.FfmpegConfig.SandboxMode;
import dev.sluice.config.MediaConfig;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.ffmpeg.install.FfmpegInstallation.Origin;
import dev.sluice.ffmpeg.sandbox.Bubblewrap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class FfmpegLocatorIT {
    private static final Platform UNKNOWN = Platform.of("Plan 9", "mips");

    @TempDir
    private Path directory;

    @Test
    void unpacksBundledFfmpeg() {
        FfmpegInstallation found = bundled(directory.resolve("cache"));

        assertThat(found.origin()).isEqualTo(Origin.BUNDLED);
        assertThat(found.version()).startsWith("8.");
        assertThat(found.ffmpeg()).isExecutable().startsWith(directory);
        assertThat(found.ffprobe()).isExecutable();
    }

    @Test
    void reusesUnpackedFfmpeg() throws IOException {
        FfmpegInstallation first = bundled(directory);
        Object file = Files.readAttributes(first.ffmpeg(), "unix:ino").get("ino");

        FfmpegInstallation second = bundled(directory);

        assertThat(second).isEqualTo(first);
        assertThat(Files.readAttributes(second.ffmpeg(), "unix:ino").get("ino")).isEqualTo(file);
    }

    @Test
    void unpacksAgainWhenFilesWereDeleted() throws IOException {
        Path home = parent(bundled(directory).ffmpeg());
        Files.delete(home.resolve("ffprobe"));

        assertThat(bundled(directory).ffprobe()).isExecutable();
        try (Stream<Path> remaining = Files.list(directory)) {
            assertThat(remaining).containsExactly(home);
        }
    }

    @Test
    void unpacksConcurrently() throws Exception {
        ExecutorService hosts = Executors.newFixedThreadPool(4);
        List<Callable<FfmpegInstallation>> starts = new ArrayList<>();
        IntStream.range(0, 4).forEach(i -> starts.add(() -> bundled(directory)));

        List<Future<FfmpegInstallation>> found = hosts.invokeAll(starts);

        for (Future<FfmpegInstallation> each : found) {
            assertThat(each.get()).isEqualTo(found.get(0).get());
        }
        try (Stream<Path> remaining = Files.list(directory)) {
            assertThat(remaining).hasSize(1);
        }
        hosts.shutdown();
    }

    @Test
    void rejectsCacheWritableByAllUsers() throws IOException {
        Path writable = Files.createDirectory(directory.resolve("open"));
        Files.setPosixFilePermissions(writable, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThatThrownBy(() ->
                        new FfmpegLocator(config(writable, Optional.empty()), Platform.current(), List.of()).locate())
                .isInstanceOf(FfmpegUnavailableException.class)
                .hasMessageContaining(writable + " is writable by other users");
    }

    @Test
    void requiresEncoderOfAv1OnlyIfConfigured() throws IOException {
        MediaConfig av1 = FfmpegFixture.withAv1(FfmpegFixture.MEDIA);
        FfmpegInstallation withoutAv1 = new FfmpegLocator(
                        config(directory, Optional.of(program("echo ffmpeg version 5.1"))),
                        Platform.current(),
                        List.of())
                .locate();

        assertThat(FfmpegFixture.ffmpeg().requireEncoders(new MediaConfig.Profiles(av1, new TreeMap<>())))
                .isEqualTo(FfmpegFixture.ffmpeg());
        assertThat(withoutAv1.requireEncoders(new MediaConfig.Profiles(FfmpegFixture.MEDIA, new TreeMap<>())))
                .isEqualTo(withoutAv1);
        assertThatThrownBy(() -> withoutAv1.requireEncoders(
                        new MediaConfig.Profiles(FfmpegFixture.MEDIA, new TreeMap<>(Map.of("small", av1)))))
                .isInstanceOf(FfmpegUnavailableException.class)
                .hasMessage("profiles.small.codecs: av1 requires the encoder libsvtav1 (SVT-AV1), which FFmpeg 5.1 ("
                        + withoutAv1.ffmpeg() + ") does not have. Install an FFmpeg with it, or remove av1.");
    }

    @Test
    void rejectsProgramWritableByGroup() throws IOException {
        Path program = bundled(directory).ffmpeg();
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxrwx---"));

        assertThatThrownBy(() ->
                        new FfmpegLocator(config(directory, Optional.empty()), Platform.current(), List.of()).locate())
                .isInstanceOf(FfmpegUnavailableException.class)
                .hasMessageContaining(program + " is writable by other users");
    }

    /** Of the same size, as after a power failure. */
    @Test
    void unpacksAgainAfterDamage() throws IOException {
        Path library = parent(bundled(directory).ffmpeg()).resolve("libswresample.so.6");
        byte[] content = Files.readAllBytes(library);
        Files.write(library, new byte[content.length]);

        assertThat(bundled(directory).ffmpeg()).isExecutable();
        assertThat(library).hasBinaryContent(content);
    }

    @Test
    void prefersConfiguredFfmpeg() {
        Path configured = bundled(directory).ffmpeg();

        FfmpegInstallation found =
                new FfmpegLocator(config(directory, Optional.of(configured)), Platform.current(), List.of()).locate();

        assertThat(found.origin()).isEqualTo(Origin.CONFIGURED);
        assertThat(found.ffprobe()).isEqualTo(configured.resolveSibling("ffprobe"));
    }

    @Test
    void findsFfmpegOnPathWhenNoneIsBundled() {
        Path home = parent(bundled(directory).ffmpeg());

        FfmpegInstallation found =
                new FfmpegLocator(config(directory, Optional.empty()), UNKNOWN, List.of(home)).locate();

        assertThat(found.origin()).isEqualTo(Origin.PATH);
    }

    @Test
    void reportsWhatToInstallWhenNoneIsFound() {
        assertThatThrownBy(() -> new FfmpegLocator(config(directory, Optional.empty()), UNKNOWN, List.of()).locate())
                .isInstanceOf(FfmpegUnavailableException.class)
                .hasMessageContaining("no bundled FFmpeg for plan 9/mips")
                .hasMessageContaining("no FFmpeg on the PATH")
                .hasMessageContaining("apt-get install ffmpeg");
    }

    @Test
    void reportsConfiguredFfmpegThatCannotBeStarted() {
        Path missing = directory.resolve("nowhere").resolve("ffmpeg");

        assertThatThrownBy(
                        () -> new FfmpegLocator(config(directory, Optional.of(missing)), UNKNOWN, List.of()).locate())
                .isInstanceOf(FfmpegUnavailableException.class)
                .hasMessageContaining(missing + " cannot be started");
    }

    @Test
    void enablesSandboxWhenAvailable() {
        assumeTrue(Bubblewrap.works(), "bubblewrap does not work on this host");

        assertThat(sandboxed(SandboxMode.AUTO, Platform.searchPath()).isSandboxed())
                .isTrue();
        assertThat(sandboxed(SandboxMode.REQUIRED, Platform.searchPath()).isSandboxed())
                .isTrue();
        assertThat(sandboxed(SandboxMode.OFF, Platform.searchPath()).isSandboxed())
                .isFalse();
    }

    @Test
    void runsWithoutSandboxUnlessRequired() {
        assertThat(sandboxed(SandboxMode.AUTO, List.of()).isSandboxed()).isFalse();
        assertThatThrownBy(() -> sandboxed(SandboxMode.REQUIRED, List.of()))
                .isInstanceOf(FfmpegUnavailableException.class)
                .hasMessageContaining("no bwrap on the PATH")
                .hasMessageContaining("apt-get install bubblewrap")
                .hasMessageContaining("set ffmpeg.sandbox to 'auto' or 'off'");
    }

    @Test
    void rejectsSandboxInWhichFfmpegCannotStart() throws IOException {
        Path broken = Files.createDirectory(directory.resolve("broken"));
        Path bwrap = Files.writeString(
                broken.resolve("bwrap"),
                "#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n");
        Files.setPosixFilePermissions(bwrap, PosixFilePermissions.fromString("rwx------"));

        assertThat(sandboxed(SandboxMode.AUTO, List.of(broken)).isSandboxed()).isFalse();
        assertThatThrownBy(() -> sandboxed(SandboxMode.REQUIRED, List.of(broken)))
                .isInstanceOf(FfmpegUnavailableException.class)
                .hasMessageContaining("bwrap: No permissions to create new namespace");
    }

    private FfmpegInstallation sandboxed(SandboxMode mode, List<Path> searchPath) {
        Path installed = FfmpegFixture.ffmpeg().ffmpeg();
        return new FfmpegLocator(
                        FfmpegFixture.config(directory, Optional.of(installed), mode), Platform.current(), searchPath)
                .locate();
    }

    /** A mount namespace hides the desktop libraries from the loader, as if they were not installed. */
    @Test
    void runsWithoutDesktopLibraries() throws Exception {
        Path ffmpeg = bundled(directory.resolve("cache")).ffmpeg();
        Path clip = directory.resolve("clip.mp4");
        String script = """
                set -e
                touch "$1/nothing"
                for library in libxcb libxcb-shm libasound libpulse libudev libdrm libva libva-drm libX11 libXau; do
                  for file in $(find /lib /usr/lib -name "$library.so*" 2>/dev/null); do
                    mount --bind "$1/nothing" "$(readlink -f "$file")"
                  done
                done
                PATH=/nowhere
                export PATH
                "$2" -nostdin -loglevel error -f lavfi -i testsrc=duration=1 -c:v libx264 "$3"
                "${2%ffmpeg}ffprobe" -loglevel error -show_entries stream=codec_name -print_format csv=p=0 "$3"
                """;
        assumeTrue(canUnshare(), "no mount namespaces here (not root, or no unshare)");

        Process process = new ProcessBuilder(
                        "unshare",
                        "--mount",
                        "sh",
                        "-c",
                        script,
                        "sh",
                        directory.toString(),
                        ffmpeg.toString(),
                        clip.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);

        assertThat(output.strip()).isEqualTo("h264");
        assertThat(process.waitFor()).isZero();
        assertThat(clip).isNotEmptyFile();
    }

    /** FFmpeg and ffprobe that execute a command of the shell. */
    private Path program(String command) throws IOException {
        Path programs = Files.createDirectory(directory.resolve("programs"));
        for (String name : List.of("ffprobe", "ffmpeg")) {
            Path file = Files.writeString(programs.resolve(name), "#!/bin/sh\n" + command + "\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        }
        return programs.resolve("ffmpeg");
    }

    private static boolean canUnshare() throws InterruptedException {
        try {
            Process probe = new ProcessBuilder("unshare", "--mount", "true").start();
            return probe.waitFor(10, TimeUnit.SECONDS) && probe.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static FfmpegInstallation bundled(Path cache) {
        assumeTrue(Platform.current().bundle().isPresent(), "no bundled FFmpeg for this platform");
        return new FfmpegLocator(config(cache, Optional.empty()), Platform.current(), List.of()).locate();
    }

    private static FfmpegConfig config(Path cache, Optional<Path> ffmpeg) {
        return FfmpegFixture.config(cache, ffmpeg, SandboxMode.AUTO);
    }

    private static Path parent(Path file) {
        return Optional.ofNullable(file.getParent()).orElseThrow();
    }
}

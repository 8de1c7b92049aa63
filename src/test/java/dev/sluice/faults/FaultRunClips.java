package dev.sluice.faults;

import dev.sluice.config.SluiceConfig;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.standalone.SampleClip;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The videos that the bench puts in, and the look at those that come out. */
final class FaultRunClips {
    static final Path FFMPEG_CACHE = Path.of("target", "ffmpeg-cache").toAbsolutePath();
    private static final long LONGEST_LOOK_SECONDS = 60;

    private final FfmpegInstallation ffmpeg;

    FaultRunClips() {
        JsonObject config =
                new JsonObject().put("ffmpeg", new JsonObject().put("cacheDirectory", FFMPEG_CACHE.toString()));
        this.ffmpeg =
                FfmpegInstallation.locate(SluiceConfig.read(config, Map.of()).ffmpeg());
    }

    FfmpegInstallation ffmpeg() {
        return ffmpeg;
    }

    /** A clip of one second, small, with sound. */
    Path clip(Path directory) {
        return SampleClip.generate(ffmpeg, directory, "clip.mp4", Duration.ofSeconds(1), "640x360");
    }

    /** A clip of nine seconds, which makes five segments of two. */
    Path film(Path directory) {
        return SampleClip.generate(ffmpeg, directory, "film.mp4", Duration.ofSeconds(9), "640x360");
    }

    /** What calls itself a video and is none. */
    Path text(Path directory) {
        try {
            return Files.writeString(directory.resolve("text.mp4"), "This is not a video.\n".repeat(100));
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    /** Decodes every frame; gives what is wrong with the file, if anything is. */
    Optional<String> complaint(Path file) {
        ProcessBuilder look = new ProcessBuilder(List.of(
                        ffmpeg.ffmpeg().toString(),
                        "-nostdin",
                        "-v",
                        "error",
                        "-xerror",
                        "-i",
                        "file:" + file,
                        "-f",
                        "null",
                        "-"))
                .redirectErrorStream(true);
        try {
            Process process = look.start();
            String said = new String(process.getInputStream().readAllBytes());
            if (!process.waitFor(LONGEST_LOOK_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return Optional.of("its decoding does not end");
            }
            return process.exitValue() == 0 && said.isBlank()
                    ? Optional.empty()
                    : Optional.of("exit code " + process.exitValue() + ": " + said.strip());
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(cause);
        }
    }
}

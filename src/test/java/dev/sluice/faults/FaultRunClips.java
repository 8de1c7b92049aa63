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

/** Generates the sources of a run and checks its outputs. */
final class FaultRunClips {
    static final Path FFMPEG_CACHE = Path.of("target", "ffmpeg-cache").toAbsolutePath();
    private static final long DECODE_LIMIT_SECONDS = 60;

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

    /** A small clip of one second with audio. */
    Path clip(Path directory) {
        return SampleClip.generate(ffmpeg, directory, "clip.mp4", Duration.ofSeconds(1), "640x360");
    }

    /** A clip of nine seconds, which is encoded in five segments of two seconds. */
    Path longVideo(Path directory) {
        return SampleClip.generate(ffmpeg, directory, "long.mp4", Duration.ofSeconds(9), "640x360");
    }

    /** A text file with the name of a video. */
    Path text(Path directory) {
        try {
            return Files.writeString(directory.resolve("text.mp4"), "This is not a video.\n".repeat(100));
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    /** Decodes every frame; returns the error, if any. */
    Optional<String> error(Path file) {
        ProcessBuilder decoder = new ProcessBuilder(List.of(
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
            Process process = decoder.start();
            String output = new String(process.getInputStream().readAllBytes());
            if (!process.waitFor(DECODE_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return Optional.of("decoding timed out");
            }
            return process.exitValue() == 0 && output.isBlank()
                    ? Optional.empty()
                    : Optional.of("exit code " + process.exitValue() + ": " + output.strip());
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        } catch (InterruptedException cause) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(cause);
        }
    }
}

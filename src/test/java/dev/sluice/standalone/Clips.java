package dev.sluice.standalone;

import dev.sluice.config.FfmpegConfig;
import dev.sluice.config.SluiceConfig;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Files to run through a jar: videos, made by the FFmpeg in it, and one that only looks like one. */
final class Clips {
    static final Path FFMPEG_CACHE = Path.of("target", "ffmpeg-cache").toAbsolutePath();

    private Clips() {}

    static Path make(Path directory, int seconds) {
        JsonObject section = new JsonObject().put("cacheDirectory", FFMPEG_CACHE.toString());
        FfmpegConfig ffmpeg = SluiceConfig.read(new JsonObject().put("ffmpeg", section), Map.of())
                .ffmpeg();
        return SampleClip.generate(
                FfmpegInstallation.locate(ffmpeg),
                directory,
                "clip-" + seconds + ".mp4",
                Duration.ofSeconds(seconds),
                "1280x720");
    }

    static Path text(Path directory) throws IOException {
        return Files.writeString(directory.resolve("notes.mp4"), "This is not a video, whatever its name says.\n");
    }
}

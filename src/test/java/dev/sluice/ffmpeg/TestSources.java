package dev.sluice.ffmpeg;

import dev.sluice.media.AudioStream;
import dev.sluice.media.ColorInfo;
import dev.sluice.media.Dimensions;
import dev.sluice.media.MediaInfo;
import dev.sluice.media.StreamTimes;
import dev.sluice.media.VideoStream;
import java.time.Duration;
import java.util.Optional;

/** Properties of sources for tests without files. */
public final class TestSources {
    public static final MediaInfo FULL_HD = of(video(1920, 1080), Optional.of(new AudioStream(1)));

    private TestSources() {}

    public static MediaInfo of(VideoStream video, Optional<AudioStream> audio) {
        return new MediaInfo(
                Optional.of(Duration.ofSeconds(62)),
                new StreamTimes(
                        Duration.ofMillis(1400),
                        Optional.of(Duration.ofMillis(21)),
                        Optional.of(Duration.ZERO),
                        Optional.of(Duration.ofSeconds(62))),
                26_579_239,
                3_433_000,
                video,
                audio);
    }

    public static VideoStream video(int width, int height) {
        return video(width, height, "progressive", Optional.of("bt709"));
    }

    public static VideoStream video(int width, int height, String fieldOrder, Optional<String> transfer) {
        return new VideoStream(
                0,
                "h264",
                new Dimensions(width, height),
                1,
                0,
                25,
                new ColorInfo(transfer, Optional.empty(), Optional.empty(), Optional.empty()),
                fieldOrder);
    }
}

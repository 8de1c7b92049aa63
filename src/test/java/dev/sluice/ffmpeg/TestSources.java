package dev.sluice.ffmpeg;

import dev.sluice.media.AudioStream;
import dev.sluice.media.ColorInfo;
import dev.sluice.media.Crop;
import dev.sluice.media.Dimensions;
import dev.sluice.media.DisplayMatrix;
import dev.sluice.media.MediaInfo;
import dev.sluice.media.PixelFormat;
import dev.sluice.media.StreamTimes;
import dev.sluice.media.VideoStream;
import dev.sluice.media.text.TextSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Properties of sources for tests without files. */
public final class TestSources {
    private static final PixelFormat YUV420P = new PixelFormat("yuv420p");

    public static final MediaInfo FULL_HD =
            of(video(1920, 1080), Optional.of(new AudioStream(List.of(1), Optional.empty())));

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
                audio,
                TextSource.EMPTY,
                List.of(),
                Set.of());
    }

    public static VideoStream video(int width, int height) {
        return video(width, height, false, Optional.of("bt709"));
    }

    public static VideoStream video(int width, int height, boolean isInterlaced, Optional<String> transfer) {
        return new VideoStream(
                0,
                "h264",
                new Dimensions(width, height),
                1,
                Crop.NONE,
                DisplayMatrix.IDENTITY,
                25,
                YUV420P,
                ColorInfo.of(
                        new ColorInfo.Tags(Optional.empty(), Optional.empty(), transfer, Optional.empty()),
                        YUV420P,
                        height),
                isInterlaced,
                false,
                List.of());
    }
}

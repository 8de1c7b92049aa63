package dev.sluice.media;

import java.time.Duration;
import java.util.Optional;

/** Descriptions of sources for tests that need no file. */
final class Sources {
    static final MediaInfo FULL_HD = of(video(1920, 1080), Optional.of(new AudioStream(1, "aac", 2, 48_000, true)));

    private Sources() {}

    static MediaInfo of(VideoStream video, Optional<AudioStream> audio) {
        return new MediaInfo(
                "mov,mp4,m4a,3gp,3g2,mj2",
                Optional.of(Duration.ofSeconds(62)),
                Optional.of(Duration.ofMillis(21)),
                26_579_239,
                3_433_000,
                video,
                audio,
                2,
                1,
                audio.isPresent() ? 1 : 0);
    }

    static VideoStream video(int width, int height) {
        return video(width, height, "progressive", Optional.of("bt709"));
    }

    static VideoStream video(int width, int height, String fieldOrder, Optional<String> transfer) {
        return new VideoStream(
                0,
                "h264",
                new Size(width, height),
                1,
                0,
                false,
                25,
                "yuv420p",
                8,
                transfer,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                fieldOrder);
    }
}

package dev.sluice.app;

import dev.sluice.config.MediaConfig;
import dev.sluice.config.SluiceConfig;
import dev.sluice.ffmpeg.encode.RenditionEncoder;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.probe.FrameTimestampScanner;
import dev.sluice.ffmpeg.segment.SegmentConcatenator;
import dev.sluice.ffmpeg.segment.SegmentEncoder;
import dev.sluice.media.rendition.EncodeSpeedEstimator;
import dev.sluice.stage.encode.SegmentPlanner;

/** What of FFmpeg the stages use, with this host's settings. */
record EncoderFactory(FfmpegInstallation ffmpeg, SluiceConfig config, EncodeSpeedEstimator speed) {
    RenditionEncoder encoder() {
        return new RenditionEncoder(ffmpeg, config.ffmpeg(), config.media());
    }

    SegmentPlanner planner() {
        FrameTimestampScanner survey = new FrameTimestampScanner(
                ffmpeg, config.ffmpeg(), config.media().limits());
        return new SegmentPlanner(
                speed, survey, config.media(), config.delivery().maxTask());
    }

    SegmentEncoder segments(MediaConfig settings) {
        return new SegmentEncoder(ffmpeg, config.ffmpeg(), settings);
    }

    SegmentConcatenator join(MediaConfig settings) {
        return new SegmentConcatenator(ffmpeg, config.ffmpeg(), settings);
    }
}

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

/** Creates the encoders of the stages, with the settings of this host. */
record EncoderFactory(FfmpegInstallation ffmpeg, SluiceConfig config, EncodeSpeedEstimator speedEstimator) {
    RenditionEncoder encoder() {
        return new RenditionEncoder(ffmpeg, config.ffmpeg(), config.media());
    }

    SegmentPlanner segmentPlanner() {
        FrameTimestampScanner scanner = new FrameTimestampScanner(
                ffmpeg, config.ffmpeg(), config.media().limits());
        return new SegmentPlanner(
                speedEstimator, scanner, config.media(), config.delivery().maxTaskDuration());
    }

    SegmentEncoder segmentEncoder(MediaConfig settings) {
        return new SegmentEncoder(ffmpeg, config.ffmpeg(), settings);
    }

    SegmentConcatenator concatenator(MediaConfig settings) {
        return new SegmentConcatenator(ffmpeg, config.ffmpeg(), settings);
    }
}

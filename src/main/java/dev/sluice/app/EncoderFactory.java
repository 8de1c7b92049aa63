package dev.sluice.app;

import dev.sluice.config.MediaConfig;
import dev.sluice.config.SluiceConfig;
import dev.sluice.ffmpeg.encode.EncodeMetrics;
import dev.sluice.ffmpeg.encode.EncodeRunner;
import dev.sluice.ffmpeg.encode.RenditionEncoder;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.probe.FrameTimestampScanner;
import dev.sluice.ffmpeg.segment.SegmentConcatenator;
import dev.sluice.ffmpeg.segment.SegmentEncoder;
import dev.sluice.ffmpeg.trial.EncoderTrial;
import dev.sluice.ffmpeg.trial.SpeedCalibration;
import dev.sluice.media.rendition.EncodeSpeedEstimator;
import dev.sluice.stage.encode.SegmentPlanner;

/** Creates the encoders of the stages with the settings of this host. */
record EncoderFactory(
        FfmpegInstallation ffmpeg, SluiceConfig config, EncodeSpeedEstimator speedEstimator, EncodeMetrics metrics) {
    RenditionEncoder renditionEncoder(MediaConfig settings) {
        return new RenditionEncoder(runner(settings), speedEstimator);
    }

    /** @param threads that FFmpeg may use */
    EncoderTrial trial(MediaConfig settings, int threads) {
        return new EncoderTrial(runner(settings), threads);
    }

    /** @param threads that FFmpeg may use */
    SegmentPlanner segmentPlanner(int threads) {
        FrameTimestampScanner scanner = new FrameTimestampScanner(
                ffmpeg, config.ffmpeg(), config.media().limits());
        return new SegmentPlanner(
                speedEstimator,
                scanner,
                new SpeedCalibration(runner(config.media())),
                config.delivery().maxTaskDuration(),
                threads);
    }

    SegmentEncoder segmentEncoder(MediaConfig settings) {
        return new SegmentEncoder(runner(settings), speedEstimator);
    }

    SegmentConcatenator concatenator(MediaConfig settings) {
        return new SegmentConcatenator(runner(settings));
    }

    private EncodeRunner runner(MediaConfig settings) {
        return new EncodeRunner(ffmpeg, config.ffmpeg(), settings, metrics);
    }
}

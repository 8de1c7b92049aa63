package dev.sluice.app;

import dev.sluice.config.MediaConfig;
import dev.sluice.config.SluiceConfig;
import dev.sluice.ffmpeg.encode.Encoder;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.probe.CutSurvey;
import dev.sluice.ffmpeg.segment.Join;
import dev.sluice.ffmpeg.segment.SegmentEncoder;
import dev.sluice.media.rendition.EncodeSpeed;
import dev.sluice.stage.encode.SegmentPlanner;

/** What of FFmpeg the stages use, with this host's settings. */
record MediaTools(FfmpegInstallation ffmpeg, SluiceConfig config, EncodeSpeed speed) {
    Encoder encoder() {
        return new Encoder(ffmpeg, config.ffmpeg(), config.media());
    }

    SegmentPlanner planner() {
        CutSurvey survey = new CutSurvey(ffmpeg, config.ffmpeg(), config.media().limits());
        return new SegmentPlanner(
                speed, survey, config.media(), config.delivery().maxTask());
    }

    SegmentEncoder segments(MediaConfig settings) {
        return new SegmentEncoder(ffmpeg, config.ffmpeg(), settings);
    }

    Join join(MediaConfig settings) {
        return new Join(ffmpeg, config.ffmpeg(), settings);
    }
}

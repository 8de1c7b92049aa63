package dev.sluice;

import dev.sluice.config.MediaConfig;
import dev.sluice.config.SluiceConfig;
import dev.sluice.media.CutSurvey;
import dev.sluice.media.EncodeSpeed;
import dev.sluice.media.Encoder;
import dev.sluice.media.FfmpegInstallation;
import dev.sluice.media.Join;
import dev.sluice.media.SegmentEncoder;
import dev.sluice.stage.SegmentPlanner;

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

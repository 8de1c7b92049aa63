package dev.sluice.ffmpeg.encode;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.config.FfmpegConfig;
import dev.sluice.config.MediaConfig;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.ProcessErrorMapper;
import dev.sluice.ffmpeg.process.ProgressParser;
import dev.sluice.ffmpeg.process.StderrLog;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import dev.sluice.job.JobException;
import dev.sluice.media.MediaInfo;
import dev.sluice.media.SourceWarnings;
import dev.sluice.media.rendition.EncodeResult;
import dev.sluice.media.rendition.Rendition;
import dev.sluice.media.rendition.RenditionLadder;
import dev.sluice.media.rendition.ThumbnailFiles;
import java.nio.file.Path;
import java.util.List;

/** Makes all renditions and thumbnails of a source in one run of FFmpeg, which decodes it once, and checks them. */
public final class RenditionEncoder {
    private final FfmpegInstallation ffmpeg;
    private final FfmpegConfig ffmpegConfig;
    private final MediaConfig config;

    public RenditionEncoder(FfmpegInstallation ffmpeg, FfmpegConfig ffmpegConfig, MediaConfig config) {
        this.ffmpeg = ffmpeg;
        this.ffmpegConfig = ffmpegConfig;
        this.config = config;
    }

    /**
     * Encodes {@code source} into {@code directory}, which must exist and be this attempt's own. Blocks until all is done.
     *
     * @param threads what FFmpeg may use of the machine, 1 or more
     * @throws JobException NO_FRAMES when nothing can be decoded, FFMPEG_FAILED, FFMPEG_STALLED, MEMORY_EXCEEDED,
     *     OUTPUT_EXCEEDED, TIME_EXCEEDED, DISK_FULL, OUTPUT_INVALID, or the cancellation's reason
     */
    public EncodeResult encode(
            Path source,
            MediaInfo info,
            Path directory,
            int threads,
            ProgressListener progress,
            CancellationToken cancellation) {
        List<Rendition> renditions =
                new RenditionLadder(config).renditions(info.video().displaySize());
        ProgressParser parser = new ProgressParser();
        FfmpegRunner.ExitResult outcome = new EncodeRunner(ffmpeg, ffmpegConfig, config)
                .run(
                        new EncodeCommand(config, threads).arguments(source, info, renditions),
                        FileAccess.encode(directory, source),
                        parser,
                        () -> parser.fraction(info.duration()).ifPresent(progress::report),
                        cancellation);
        EncodeRunner.requireSuccess(outcome, parser);
        if (parser.frames() == 0) {
            throw ProcessErrorMapper.noFrames();
        }
        return result(info, directory, renditions, parser, outcome.stderr(), cancellation);
    }

    private EncodeResult result(
            MediaInfo info,
            Path directory,
            List<Rendition> renditions,
            ProgressParser progress,
            StderrLog errors,
            CancellationToken cancellation) {
        OutputVerifier.VerifiedOutputs checked = new OutputVerifier(ffmpeg, ffmpegConfig.probeTimeout())
                .verify(
                        directory,
                        renditions,
                        info.audio().isPresent(),
                        progress.frames(),
                        progress.outputTime(),
                        cancellation);
        return EncodeResult.of(
                checked.files(),
                ThumbnailFiles.list(
                        directory,
                        RenditionLadder.thumbnailSize(
                                info.video().displaySize(), config.thumbnails().width())),
                SourceWarnings.build(info.duration(), checked.longest(), ProcessErrorMapper.sourceDamage(errors)));
    }
}

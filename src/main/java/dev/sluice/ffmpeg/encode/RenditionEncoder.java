package dev.sluice.ffmpeg.encode;

import dev.sluice.common.async.BlockingTask;
import dev.sluice.ffmpeg.process.ProcessErrorMapper;
import dev.sluice.ffmpeg.process.ProgressParser;
import dev.sluice.job.Loudness;
import dev.sluice.media.MediaInfo;
import dev.sluice.media.SourceDamage;
import dev.sluice.media.rendition.EncodeResult;
import dev.sluice.media.rendition.EncodeSpeedEstimator;
import dev.sluice.media.rendition.EncodeWork;
import dev.sluice.media.rendition.Rendition;
import dev.sluice.media.streaming.StreamFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Encodes all renditions and thumbnails of a source in one FFmpeg run, which decodes it once, and verifies them. */
public record RenditionEncoder(EncodeRunner runner, EncodeSpeedEstimator speedEstimator) {
    /**
     * Encodes a source; blocks.
     *
     * @throws dev.sluice.job.JobException NO_FRAMES if nothing can be decoded, FFMPEG_FAILED, FFMPEG_STALLED,
     *     MEMORY_EXCEEDED, OUTPUT_EXCEEDED, TIME_EXCEEDED, DISK_FULL, OUTPUT_INVALID, or the cancellation's reason
     */
    public EncodeResult encode(EncodeRequest request) {
        long startNanos = System.nanoTime();
        MediaInfo info = request.source().info();
        List<Rendition> renditions = runner.renditions(info.video().displaySize());
        ProgressParser parser = new ProgressParser();
        SourceDamage damage = runner.encode(
                request,
                new EncodeCommand(runner.media(), request.threads())
                        .withGain(info.audio()
                                .map(audio -> runner.gain(request, audio))
                                .orElseGet(OptionalDouble::empty))
                        .arguments(request.source(), renditions),
                parser);
        if (parser.frames() == 0) {
            throw ProcessErrorMapper.noFrames();
        }
        EncodeResult result = collect(request, renditions, parser, damage).withWarnings(info.warnings());
        Duration elapsed = Duration.ofNanos(System.nanoTime() - startNanos);
        speedEstimator.record(
                EncodeWork.of(info, runner.media(), request.threads()).withFrames(parser.frames()), elapsed);
        runner.metrics().encoded(renditions, parser.frames(), info.duration().orElse(Duration.ZERO), elapsed);
        return result;
    }

    /** Measures the loudness while the outputs are verified. */
    private EncodeResult collect(
            EncodeRequest request, List<Rendition> renditions, ProgressParser parser, SourceDamage damage) {
        MediaInfo info = request.source().info();
        Path smallest = request.directory()
                .resolve(renditions.get(renditions.size() - 1).fileName());
        try (BlockingTask<Optional<Loudness>> loudness = BlockingTask.start(
                "loudness",
                () -> info.audio()
                        .flatMap(audio -> runner.loudnessMeter().measureOutput(smallest, request.cancellation())))) {
            List<StreamFile> streams =
                    runner.writeHybridFiles(request.directory(), renditions, request.written(), request.cancellation());
            return runner.collect(
                            request.directory(),
                            new OutputVerifier.Expectation(
                                    renditions,
                                    info.audio().isPresent(),
                                    parser.frames(),
                                    parser.outputTime(),
                                    info.times(),
                                    Optional.of(info.video().color().output()),
                                    EncodeCommand.levelFrameRate(info.video().frameRate())),
                            info.video().displaySize(),
                            info.duration(),
                            damage,
                            request.cancellation())
                    .withStreams(streams)
                    .withLoudness(loudness.result());
        }
    }
}

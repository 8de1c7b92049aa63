package dev.sluice.ffmpeg.segment;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.FfmpegConfig;
import dev.sluice.config.MediaConfig;
import dev.sluice.ffmpeg.encode.EncodeRunner;
import dev.sluice.ffmpeg.encode.OutputVerifier;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.ProcessErrorMapper;
import dev.sluice.ffmpeg.process.ProgressParser;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import dev.sluice.ffmpeg.segment.ConcatCommand.ConcatEntry;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.media.Dimensions;
import dev.sluice.media.SourceDamage;
import dev.sluice.media.SourceWarnings;
import dev.sluice.media.rendition.EncodeResult;
import dev.sluice.media.rendition.Rendition;
import dev.sluice.media.rendition.RenditionLadder;
import dev.sluice.media.rendition.ThumbnailFiles;
import dev.sluice.media.segment.EncodedSegment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Makes whole renditions of their segments and of the sound, by copying, and checks them. */
public final class SegmentConcatenator {
    private final FfmpegInstallation ffmpeg;
    private final FfmpegConfig ffmpegConfig;
    private final MediaConfig config;

    public SegmentConcatenator(FfmpegInstallation ffmpeg, FfmpegConfig ffmpegConfig, MediaConfig config) {
        this.ffmpeg = ffmpeg;
        this.ffmpegConfig = ffmpegConfig;
        this.config = config;
    }

    /**
     * What is joined.
     *
     * @param shown the size of the source as it is shown
     * @param stated how long the source says that it is
     * @param damage what was wrong with it in any segment
     * @param segments the frames of each, in order; empty for one that has none
     */
    public record Request(
            Dimensions shown,
            boolean withSound,
            Optional<Duration> stated,
            SourceDamage damage,
            List<Optional<EncodedSegment.FrameRange>> segments) {
        public Request {
            segments = List.copyOf(segments);
        }
    }

    /**
     * Joins what lies in {@code directory}: the segments in directories named after their numbers, the thumbnails that are
     * wanted, and the sound where the source has some. Blocks until all is done.
     *
     * @throws JobException NO_FRAMES when no segment has any, FFMPEG_FAILED, FFMPEG_STALLED, DISK_FULL, OUTPUT_INVALID, or the
     *     cancellation's reason
     */
    public EncodeResult concatenate(Path directory, Request parts, CancellationToken cancellation) {
        List<Rendition> renditions = new RenditionLadder(config).renditions(parts.shown());
        List<ConcatEntry> pieces = pieces(parts.segments());
        if (pieces.isEmpty()) {
            throw ProcessErrorMapper.noFrames();
        }
        writeLists(directory, renditions, pieces);
        ProgressParser parser = new ProgressParser();
        FfmpegRunner.ExitResult outcome = new EncodeRunner(ffmpeg, ffmpegConfig, config)
                .run(
                        ConcatCommand.arguments(
                                renditions, parts.withSound(), pieces.get(0).start()),
                        FileAccess.writeDirectory(directory),
                        parser,
                        () -> {},
                        cancellation);
        EncodeRunner.requireSuccess(outcome, parser);
        long frames = parts.segments().stream()
                .flatMap(Optional::stream)
                .mapToLong(EncodedSegment.FrameRange::count)
                .sum();
        OutputVerifier.VerifiedOutputs checked = new OutputVerifier(ffmpeg, ffmpegConfig.probeTimeout())
                .verify(
                        directory,
                        renditions,
                        parts.withSound(),
                        frames,
                        verificationSeekTime(pieces, parts.stated()),
                        cancellation);
        return EncodeResult.of(
                checked.files(),
                ThumbnailFiles.list(
                        directory,
                        RenditionLadder.thumbnailSize(
                                parts.shown(), config.thumbnails().width())),
                SourceWarnings.build(parts.stated(), checked.longest(), parts.damage()));
    }

    /**
     * A time in the last segment, or behind the end, which is as good: what is decoded begins with the last key frame before it.
     * FFmpeg does not say how far it has come where it only copies.
     */
    public static Duration verificationSeekTime(List<ConcatEntry> pieces, Optional<Duration> stated) {
        Duration begun = pieces.get(pieces.size() - 1).start();
        return stated.filter(end -> end.compareTo(begun) > 0).orElse(begun);
    }

    private static List<ConcatEntry> pieces(List<Optional<EncodedSegment.FrameRange>> segments) {
        return IntStream.range(0, segments.size())
                .boxed()
                .flatMap(number -> segments.get(number).map(frames -> new ConcatEntry(number, frames.first())).stream())
                .toList();
    }

    private static void writeLists(Path directory, List<Rendition> renditions, List<ConcatEntry> pieces) {
        try {
            for (Rendition rendition : renditions) {
                Files.writeString(
                        directory.resolve(ConcatCommand.listName(rendition)),
                        ConcatCommand.concatList(rendition, pieces),
                        StandardCharsets.US_ASCII);
            }
        } catch (IOException cause) {
            throw new JobException(ErrorCode.DISK_FULL, "The lists of segments can't be written.", cause);
        }
    }
}

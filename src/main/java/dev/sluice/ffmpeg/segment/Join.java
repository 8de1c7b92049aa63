package dev.sluice.ffmpeg.segment;

import dev.sluice.common.async.Cancellation;
import dev.sluice.config.FfmpegConfig;
import dev.sluice.config.MediaConfig;
import dev.sluice.ffmpeg.encode.EncodeRun;
import dev.sluice.ffmpeg.encode.OutputCheck;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.process.EncodeFailure;
import dev.sluice.ffmpeg.process.FfmpegRun;
import dev.sluice.ffmpeg.process.ProgressParser;
import dev.sluice.ffmpeg.sandbox.Reach;
import dev.sluice.ffmpeg.segment.JoinCommand.Piece;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobFailure;
import dev.sluice.media.Size;
import dev.sluice.media.SourceDamage;
import dev.sluice.media.SourceWarnings;
import dev.sluice.media.rendition.EncodeResult;
import dev.sluice.media.rendition.Ladder;
import dev.sluice.media.rendition.Rendition;
import dev.sluice.media.rendition.Thumbnails;
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
public final class Join {
    private final FfmpegInstallation ffmpeg;
    private final FfmpegConfig ffmpegConfig;
    private final MediaConfig config;

    public Join(FfmpegInstallation ffmpeg, FfmpegConfig ffmpegConfig, MediaConfig config) {
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
    public record Parts(
            Size shown,
            boolean withSound,
            Optional<Duration> stated,
            SourceDamage damage,
            List<Optional<EncodedSegment.Frames>> segments) {
        public Parts {
            segments = List.copyOf(segments);
        }
    }

    /**
     * Joins what lies in {@code directory}: the segments in directories named after their numbers, the thumbnails that are
     * wanted, and the sound where the source has some. Blocks until all is done.
     *
     * @throws JobFailure NO_FRAMES when no segment has any, FFMPEG_FAILED, FFMPEG_STALLED, DISK_FULL, OUTPUT_INVALID, or the
     *     cancellation's reason
     */
    public EncodeResult run(Path directory, Parts parts, Cancellation cancellation) {
        List<Rendition> renditions = new Ladder(config).renditions(parts.shown());
        List<Piece> pieces = pieces(parts.segments());
        if (pieces.isEmpty()) {
            throw EncodeFailure.noFrames();
        }
        writeLists(directory, renditions, pieces);
        ProgressParser parser = new ProgressParser();
        FfmpegRun.Outcome outcome = new EncodeRun(ffmpeg, ffmpegConfig, config)
                .of(
                        JoinCommand.arguments(
                                renditions, parts.withSound(), pieces.get(0).start()),
                        Reach.writing(directory),
                        parser,
                        () -> {},
                        cancellation);
        EncodeRun.requireSuccess(outcome, parser);
        long frames = parts.segments().stream()
                .flatMap(Optional::stream)
                .mapToLong(EncodedSegment.Frames::count)
                .sum();
        OutputCheck.Checked checked = new OutputCheck(ffmpeg, ffmpegConfig.probeTimeout())
                .check(
                        directory,
                        renditions,
                        parts.withSound(),
                        frames,
                        nearTheEnd(pieces, parts.stated()),
                        cancellation);
        return EncodeResult.of(
                checked.files(),
                Thumbnails.in(directory, Ladder.thumbnail(parts.shown(), config.thumbnailWidth())),
                SourceWarnings.of(parts.stated(), checked.longest(), parts.damage()));
    }

    /**
     * A time in the last segment, or behind the end, which is as good: what is decoded begins with the last key frame before it.
     * FFmpeg does not say how far it has come where it only copies.
     */
    public static Duration nearTheEnd(List<Piece> pieces, Optional<Duration> stated) {
        Duration begun = pieces.get(pieces.size() - 1).start();
        return stated.filter(end -> end.compareTo(begun) > 0).orElse(begun);
    }

    private static List<Piece> pieces(List<Optional<EncodedSegment.Frames>> segments) {
        return IntStream.range(0, segments.size())
                .boxed()
                .flatMap(number -> segments.get(number).map(frames -> new Piece(number, frames.first())).stream())
                .toList();
    }

    private static void writeLists(Path directory, List<Rendition> renditions, List<Piece> pieces) {
        try {
            for (Rendition rendition : renditions) {
                Files.writeString(
                        directory.resolve(JoinCommand.listName(rendition)),
                        JoinCommand.list(rendition, pieces),
                        StandardCharsets.US_ASCII);
            }
        } catch (IOException cause) {
            throw new JobFailure(ErrorCode.DISK_FULL, "The lists of segments can't be written.", cause);
        }
    }
}

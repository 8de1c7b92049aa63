package dev.sluice.ffmpeg.segment;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.io.DirectoryTree;
import dev.sluice.common.io.FileErrorMapper;
import dev.sluice.common.io.PrivateFiles;
import dev.sluice.ffmpeg.encode.EncodeCommand;
import dev.sluice.ffmpeg.encode.EncodeRunner;
import dev.sluice.ffmpeg.encode.OutputVerifier;
import dev.sluice.ffmpeg.process.ProcessErrorMapper;
import dev.sluice.ffmpeg.process.ProgressParser;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import dev.sluice.ffmpeg.segment.ConcatCommand.ConcatEntry;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.media.ColorStandard;
import dev.sluice.media.Dimensions;
import dev.sluice.media.SourceDamage;
import dev.sluice.media.StreamTimes;
import dev.sluice.media.rendition.EncodeResult;
import dev.sluice.media.rendition.Rendition;
import dev.sluice.media.segment.EncodedSegment;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Concatenates encoded segments and audio to whole renditions, without decoding, and verifies them. */
public record SegmentConcatenator(EncodeRunner runner) {
    /**
     * Properties of the source and its segments.
     *
     * @param statedDuration of the source, by its header
     * @param times of the streams of the source
     * @param damage found in any segment
     * @param color of the segments; empty if not known
     * @param frameRate of the source, in frames per second; the highest accepted one if not known
     * @param segments the frames of each, in order; empty for a segment without frames
     */
    public record Request(
            Dimensions displaySize,
            boolean hasAudio,
            Optional<Duration> statedDuration,
            StreamTimes times,
            SourceDamage damage,
            Optional<ColorStandard> color,
            double frameRate,
            List<Optional<EncodedSegment.FrameRange>> segments) {
        public Request {
            segments = List.copyOf(segments);
        }
    }

    /**
     * Concatenates the files in {@code directory}: segments in subdirectories named after their numbers, the thumbnails to keep,
     * and the audio if the source has any. Blocks.
     *
     * @throws JobException NO_FRAMES if no segment has frames, FFMPEG_FAILED, FFMPEG_STALLED, DISK_FULL, OUTPUT_INVALID, or the
     *     cancellation's reason
     */
    public EncodeResult concatenate(Path directory, Request request, CancellationToken cancellation) {
        List<Rendition> renditions = runner.renditions(request.displaySize());
        List<ConcatEntry> entries = entries(request.segments());
        if (entries.isEmpty()) {
            throw ProcessErrorMapper.noFrames();
        }
        writeLists(directory, renditions, entries);
        runner.run(
                ConcatCommand.arguments(
                        renditions,
                        request.hasAudio(),
                        entries.get(0).start(),
                        !EncodeCommand.isHybrid(runner.media())),
                FileAccess.writeDirectory(directory),
                new ProgressParser(),
                () -> {},
                cancellation);
        deleteSegments(directory, entries);
        long frames = request.segments().stream()
                .flatMap(Optional::stream)
                .mapToLong(EncodedSegment.FrameRange::count)
                .sum();
        return runner.collect(
                directory,
                new OutputVerifier.Expectation(
                        renditions,
                        request.hasAudio(),
                        frames,
                        verificationSeekTime(entries, request.statedDuration()),
                        request.times(),
                        request.color(),
                        EncodeCommand.levelFrameRate(request.frameRate())),
                request.displaySize(),
                request.statedDuration(),
                request.damage(),
                cancellation);
    }

    /** Frees their space for the hybrid file that is written beside a whole one. */
    private static void deleteSegments(Path directory, List<ConcatEntry> entries) {
        try {
            for (ConcatEntry entry : entries) {
                DirectoryTree.deleteRecursively(directory.resolve(Integer.toString(entry.number())));
            }
        } catch (IOException cause) {
            throw FileErrorMapper.translate(cause);
        }
    }

    /**
     * A time in the last segment or after the end: both are suitable, because decoding starts with the last key frame before it.
     * FFmpeg does not report its position when it only copies.
     */
    public static Duration verificationSeekTime(List<ConcatEntry> entries, Optional<Duration> statedDuration) {
        Duration lastStart = entries.get(entries.size() - 1).start();
        return statedDuration.filter(end -> end.compareTo(lastStart) > 0).orElse(lastStart);
    }

    private static List<ConcatEntry> entries(List<Optional<EncodedSegment.FrameRange>> segments) {
        return IntStream.range(0, segments.size())
                .boxed()
                .flatMap(number -> segments.get(number).map(frames -> new ConcatEntry(number, frames.first())).stream())
                .toList();
    }

    private static void writeLists(Path directory, List<Rendition> renditions, List<ConcatEntry> entries) {
        try {
            for (Rendition rendition : renditions) {
                PrivateFiles.writeString(
                        directory.resolve(ConcatCommand.listName(rendition)),
                        ConcatCommand.concatList(rendition, entries));
            }
        } catch (IOException cause) {
            throw new JobException(ErrorCode.DISK_FULL, "The concat lists cannot be written.", cause);
        }
    }
}

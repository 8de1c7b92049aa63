package dev.sluice.ffmpeg.segment;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.io.DirectoryTree;
import dev.sluice.common.io.FileErrorMapper;
import dev.sluice.ffmpeg.encode.EncodeCommand;
import dev.sluice.ffmpeg.encode.EncodeRunner;
import dev.sluice.ffmpeg.encode.OutputVerifier;
import dev.sluice.ffmpeg.process.ProcessErrorMapper;
import dev.sluice.job.JobException;
import dev.sluice.media.ColorStandard;
import dev.sluice.media.Dimensions;
import dev.sluice.media.SourceDamage;
import dev.sluice.media.StreamTimes;
import dev.sluice.media.concat.ConcatenatedMovie;
import dev.sluice.media.concat.VideoPart;
import dev.sluice.media.hybrid.FaststartWriter;
import dev.sluice.media.hybrid.HybridWriter;
import dev.sluice.media.rendition.EncodeResult;
import dev.sluice.media.rendition.Rendition;
import dev.sluice.media.segment.EncodedSegment;
import dev.sluice.media.streaming.StreamFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
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
     * @param written receives each rendition when its file does not change any more, before it is verified
     * @throws JobException NO_FRAMES if no segment has frames, DISK_FULL, OUTPUT_INVALID, or the
     *     cancellation's reason
     */
    public EncodeResult concatenate(
            Path directory, Request request, Consumer<Path> written, CancellationToken cancellation) {
        List<Rendition> renditions = runner.renditions(request.displaySize());
        List<ConcatEntry> segments = segments(request.segments());
        if (segments.isEmpty()) {
            throw ProcessErrorMapper.noFrames();
        }
        List<StreamFile> streams = new ArrayList<>();
        for (Rendition rendition : renditions) {
            write(directory, rendition, segments, request.hasAudio(), cancellation)
                    .ifPresent(streams::add);
            written.accept(directory.resolve(rendition.fileName()));
        }
        deleteSegments(directory, segments);
        long frames =
                segments.stream().mapToLong(segment -> segment.frames().count()).sum();
        Duration lastStart = segments.get(segments.size() - 1).frames().first();
        return runner.collect(
                        directory,
                        new OutputVerifier.Expectation(
                                renditions,
                                request.hasAudio(),
                                frames,
                                verificationSeekTime(lastStart, request.statedDuration()),
                                request.times(),
                                request.color(),
                                EncodeCommand.levelFrameRate(request.frameRate())),
                        request.displaySize(),
                        request.statedDuration(),
                        request.damage(),
                        cancellation)
                .withStreams(streams);
    }

    /** Writes a whole rendition; returns its segments if it is a hybrid file. */
    private Optional<StreamFile> write(
            Path directory,
            Rendition rendition,
            List<ConcatEntry> segments,
            boolean hasAudio,
            CancellationToken cancellation) {
        Path target = directory.resolve(rendition.fileName());
        List<VideoPart> parts = segments.stream()
                .map(segment -> new VideoPart(
                        segment.number(), segment.directory(directory).resolve(rendition.fileName()), segment.frames()))
                .toList();
        try (ConcatenatedMovie movie = ConcatenatedMovie.create(
                parts,
                hasAudio ? Optional.of(directory.resolve(EncodeCommand.AUDIO_FILE)) : Optional.empty(),
                directory.resolve(rendition.fileName() + ".header"),
                cancellation)) {
            if (runner.isHybrid()) {
                return Optional.of(HybridWriter.write(
                        movie.source(), target, runner.media().segmentDuration(), cancellation));
            }
            FaststartWriter.write(movie.source(), target, cancellation);
            return Optional.empty();
        }
    }

    private static void deleteSegments(Path directory, List<ConcatEntry> segments) {
        try {
            for (ConcatEntry segment : segments) {
                DirectoryTree.deleteRecursively(segment.directory(directory));
            }
        } catch (IOException cause) {
            throw FileErrorMapper.translate(cause);
        }
    }

    /** A time in the last segment or after the end: both are suitable, because decoding starts with the last key frame before it. */
    public static Duration verificationSeekTime(Duration lastStart, Optional<Duration> statedDuration) {
        return statedDuration.filter(end -> end.compareTo(lastStart) > 0).orElse(lastStart);
    }

    private static List<ConcatEntry> segments(List<Optional<EncodedSegment.FrameRange>> segments) {
        return IntStream.range(0, segments.size())
                .boxed()
                .flatMap(number -> segments.get(number).map(frames -> new ConcatEntry(number, frames)).stream())
                .toList();
    }

    /** A segment with frames. */
    private record ConcatEntry(int number, EncodedSegment.FrameRange frames) {
        Path directory(Path parent) {
            return parent.resolve(Integer.toString(number));
        }
    }
}

package dev.sluice.media.concat;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.media.mp4.ByteSource;
import dev.sluice.media.mp4.Mp4Reader;
import dev.sluice.media.mp4.SampleCursor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The samples of all parts as one track. Reads the sample tables of the parts each time, so no sample is kept in memory. */
final class ConcatVideo {
    private final List<PartVideo> parts = new ArrayList<>();
    private final List<byte[]> parameterSets = new ArrayList<>();
    private final CancellationToken cancellation;

    /** @throws JobException OUTPUT_INVALID if a part cannot be read or has another format than the first one */
    ConcatVideo(List<VideoPart> videoParts, Function<Path, ByteSource> files, CancellationToken cancellation)
            throws IOException {
        this.cancellation = cancellation;
        boolean sameConfiguration = true;
        for (VideoPart part : videoParts) {
            cancellation.throwIfCancelled();
            PartVideo video = checked(part, () -> PartVideo.open(part, files.apply(part.file())));
            parts.add(video);
            if (!video.hasFormatOf(first())) {
                throw invalid(part, "Its size, color, aspect ratio or timescale is not that of the first segment.");
            }
            sameConfiguration &= video.hasConfigurationOf(first());
        }
        for (PartVideo video : parts) {
            parameterSets.add(
                    sameConfiguration
                            ? new byte[0]
                            : checked(video.part(), () -> ParameterSets.inSample(video.configuration())));
        }
    }

    PartVideo first() {
        return parts.get(0);
    }

    /** What precedes the key frames of each part: nothing if all parts have the same parameter sets. */
    List<byte[]> parameterSets() {
        return parameterSets;
    }

    /** Passes all samples in decoding order. */
    void forEach(ConcatSample.Consumer consumer) throws IOException {
        var unused = measure(consumer);
    }

    /** Passes all samples in decoding order, and returns the times of the track. */
    TrackTimes measure(ConcatSample.Consumer consumer) throws IOException {
        Walk walk = new Walk(consumer);
        for (int i = 0; i < parts.size(); i++) {
            cancellation.throwIfCancelled();
            PartVideo part = parts.get(i);
            int number = i;
            var unused = checked(part.part(), () -> walk.add(part, number, parameterSets.get(number).length));
        }
        return walk.finish(first().track().timescale());
    }

    /** A step that reads a part. */
    private interface Reading<T> {
        T get() throws IOException;
    }

    private static <T> T checked(VideoPart part, Reading<T> reading) throws IOException {
        try {
            return reading.get();
        } catch (JobException cause) {
            if (cause.code() != ErrorCode.OUTPUT_INVALID) {
                throw cause;
            }
            throw invalid(part, Optional.ofNullable(cause.getMessage()).orElse(""));
        }
    }

    private static JobException invalid(VideoPart part, String error) {
        return new JobException(
                ErrorCode.OUTPUT_INVALID, "Segment " + part.number() + " cannot be concatenated. " + error);
    }

    /** Passes on each sample when the decoding time of the next one is known. */
    private static final class Walk {
        private final ConcatSample.Consumer consumer;
        private Optional<ConcatSample> last = Optional.empty();
        private long startDts;
        private long startPts;
        private long startOffset;
        private long endPts;

        Walk(ConcatSample.Consumer consumer) {
            this.consumer = consumer;
        }

        boolean add(PartVideo part, int number, int prefixBytes) throws IOException {
            SampleCursor sample = part.firstSample();
            do {
                long pts = sample.presentationTime();
                long dts = pass(sample.decodeTime() - part.track().mediaTime());
                Mp4Reader.require(
                        dts <= pts && pts - dts <= Integer.MAX_VALUE, "a frame is decoded after its presentation");
                Mp4Reader.require(sample.size() <= Integer.MAX_VALUE - prefixBytes, "a frame has more than 2 GiB");
                if (last.isEmpty()) {
                    startDts = dts;
                    startPts = pts;
                    startOffset = pts - dts;
                    endPts = pts;
                }
                if (dts <= 0) {
                    startOffset = Math.min(startOffset, pts - dts);
                }
                endPts = Math.max(endPts, pts + sample.duration());
                last = Optional.of(new ConcatSample(
                        part.source(),
                        sample.position(),
                        sample.size(),
                        number,
                        sample.isSync() ? prefixBytes : 0,
                        dts,
                        pts,
                        sample.duration(),
                        sample.isSync()));
            } while (sample.advance());
            return true;
        }

        /**
         * Passes on the last sample, which lasts until the next one is decoded; returns the time at which it is. With a variable
         * frame rate, the reordering delays of parts differ, and a part may begin to decode before the end of the one before. Such
         * samples are decoded in intervals of one tick, as FFmpeg's muxers do.
         */
        private long pass(long next) throws IOException {
            if (last.isEmpty()) {
                return next;
            }
            ConcatSample sample = last.get();
            long dts = Math.max(next, sample.dts() + 1);
            pass(sample, dts - sample.dts());
            return dts;
        }

        private void pass(ConcatSample sample, long duration) throws IOException {
            Mp4Reader.require(duration <= Integer.MAX_VALUE, "a sample duration is too large");
            consumer.accept(sample.withDuration((int) duration));
        }

        /** The last sample lasts until the durations of all samples add up to that of the video. */
        TrackTimes finish(long timescale) throws IOException {
            ConcatSample sample = last.orElseThrow();
            pass(sample, Math.max(sample.duration(), endPts - startPts + startDts - sample.dts()));
            return new TrackTimes(timescale, startDts, startOffset, endPts);
        }
    }
}

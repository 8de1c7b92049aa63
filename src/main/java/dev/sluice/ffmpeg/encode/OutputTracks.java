package dev.sluice.ffmpeg.encode;

import dev.sluice.job.VariantAttributes;
import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.mp4.Mp4Reader;
import dev.sluice.media.mp4.Mp4Track;
import dev.sluice.media.mp4.SampleCursor;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Video and audio of an output, as its sample tables describe them. All samples are inside of the file. Times are relative to
 * the first sample that a player presents.
 */
record OutputTracks(Track video, Optional<Track> audio) {
    /**
     * One track.
     *
     * @param start of the first sample, seconds; negative if a player discards it (the priming of AAC)
     * @param seconds as FFmpeg reads it: the shorter one of the duration of all samples and the time between the first and the
     *     last presented one. The last sample may have a longer duration than its frame, see {@link LastPacketDuration}
     */
    record Track(Mp4Track description, long samples, double start, double seconds) {
        Duration duration() {
            return DecimalSeconds.fromSeconds(seconds);
        }

        Duration startTime() {
            return DecimalSeconds.fromSeconds(start);
        }

        Duration endTime() {
            return startTime().plus(duration());
        }

        private Track relativeTo(double origin) {
            return new Track(description, samples, start - origin, seconds);
        }
    }

    /**
     * Reads the tables; blocks.
     *
     * @param onFrame receives the presentation time of each video sample, in seconds and in decoding order
     * @throws dev.sluice.job.JobException OUTPUT_INVALID if the tables contradict each other or the file
     */
    static OutputTracks read(Path file, DoubleConsumer onFrame) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            Mp4Reader reader = new Mp4Reader(channel);
            List<Mp4Track> tracks = Mp4Track.of(reader, reader.topLevel("moov"));
            Track video = track(reader, tracks.get(0), onFrame);
            Optional<Track> audio =
                    tracks.size() == 1 ? Optional.empty() : Optional.of(track(reader, tracks.get(1), seconds -> {}));
            double videoStart = Math.max(0, video.start());
            double origin = audio.map(track -> Math.min(videoStart, Math.max(0, track.start())))
                    .orElse(videoStart);
            return new OutputTracks(video.relativeTo(origin), audio.map(track -> track.relativeTo(origin)));
        }
    }

    private static Track track(Mp4Reader reader, Mp4Track track, DoubleConsumer onSample) throws IOException {
        SampleCursor sample = track.cursor(reader);
        double timescale = track.timescale();
        long start = Long.MAX_VALUE;
        long end = Long.MIN_VALUE;
        long decoding = 0;
        while (sample.advance()) {
            long time = sample.presentationTime();
            start = Math.min(start, time);
            end = Math.max(end, time + sample.duration());
            decoding += sample.duration();
            onSample.accept(time / timescale);
        }
        return new Track(track, sample.count(), start / timescale, Math.min(end - start, decoding) / timescale);
    }

    /** Time from the start of the first track to the end of the last one. */
    Duration duration() {
        Duration start =
                tracks().map(Track::startTime).min(Comparator.naturalOrder()).orElseThrow();
        return tracks().map(Track::endTime)
                .max(Comparator.naturalOrder())
                .orElseThrow()
                .minus(start);
    }

    /** Codecs and average frame rate. */
    VariantAttributes variant() {
        return new VariantAttributes(
                0,
                0,
                tracks().map(track -> track.description().codec()).collect(Collectors.joining(",")),
                video.seconds() > 0 ? video.samples() / video.seconds() : 0);
    }

    private Stream<Track> tracks() {
        return Stream.concat(Stream.of(video), audio.stream());
    }
}

package dev.sluice.media.hybrid;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.io.FileErrorMapper;
import dev.sluice.common.io.PrivateFiles;
import dev.sluice.media.mp4.Box;
import dev.sluice.media.mp4.Mp4Output;
import dev.sluice.media.mp4.Mp4Reader;
import dev.sluice.media.mp4.Mp4Track;
import dev.sluice.media.mp4.SampleCursor;
import dev.sluice.media.streaming.FileRange;
import dev.sluice.media.streaming.FragmentedStream;
import dev.sluice.media.streaming.StreamSegment;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Writes the audio of a video that is encoded in segments as a fragmented MP4: an initialization segment and fragments. */
public final class AudioFragmentWriter {
    private final Mp4Reader reader;
    private final Mp4Track track;
    private final AudioPlan plan;
    private final byte[] initialization;

    private AudioFragmentWriter(Mp4Reader reader, Duration videoStart, Duration segment) throws IOException {
        this.reader = reader;
        Box moov = reader.topLevel("moov");
        track = Mp4Track.onlyAudio(reader, moov);
        plan = new AudioPlan(List.of(FragmentPlan.convert(videoStart.toMillis(), 1000, track.timescale())), segment);
        plan.add(reader, track);
        initialization = new InitializationSegment(reader).of(moov, track);
    }

    /**
     * Writes and verifies the fragments; blocks. Audio that starts later than the video is preceded by silence.
     *
     * @param source an MP4 file with one AAC track; not changed
     * @param target is replaced
     * @param videoStart timestamp of the first frame
     * @param segment duration of a segment
     * @return the fragments; empty if all packets begin before the movie
     * @throws dev.sluice.job.JobException OUTPUT_INVALID if the source or the written file is invalid, DISK_FULL, FILES_MISSING,
     *     or the cancellation's reason
     */
    public static Optional<FragmentedStream> write(
            Path source, Path target, Duration videoStart, Duration segment, CancellationToken cancellation) {
        try (FileChannel in = FileChannel.open(source)) {
            AudioFragmentWriter writer = new AudioFragmentWriter(new Mp4Reader(in), videoStart, segment);
            if (writer.fragments().isEmpty()) {
                return Optional.empty();
            }
            List<StreamSegment> written;
            try (FileChannel out = PrivateFiles.open(target, StandardOpenOption.TRUNCATE_EXISTING)) {
                written = writer.write(new Mp4Output(out), cancellation);
            }
            writer.verify(target, written);
            return Optional.of(StreamIndex.stream(
                    writer.track, new FileRange(0, writer.initialization.length), written, List.of()));
        } catch (IOException cause) {
            throw FileErrorMapper.translate(cause);
        }
    }

    private List<Fragment> fragments() {
        return plan.fragments().get(0);
    }

    /** The samples after those that begin before the movie. */
    private SampleCursor cursor() throws IOException {
        SampleCursor sample = track.cursor(reader);
        for (int i = 0; i < plan.priming(); i++) {
            Mp4Reader.require(sample.advance(), "the audio has too few samples");
        }
        return sample;
    }

    private List<StreamSegment> write(Mp4Output out, CancellationToken cancellation) throws IOException {
        SampleCursor sample = cursor();
        List<StreamSegment> segments = new ArrayList<>();
        out.bytes(initialization);
        for (Fragment fragment : fragments()) {
            cancellation.throwIfCancelled();
            segments.add(StreamIndex.segment(List.of(fragment), out.position()));
            HybridWriter.writeFragment(reader, out, fragment, segments.size(), sample);
        }
        out.flush();
        return segments;
    }

    /** Walks the fragments as a player does, and compares each sample with the sample tables of the source. */
    private void verify(Path file, List<StreamSegment> segments) throws IOException {
        SampleCursor sample = cursor();
        try (FileChannel channel = FileChannel.open(file)) {
            Mp4Reader written = new Mp4Reader(channel);
            for (StreamSegment segment : segments) {
                List<Box> boxes =
                        written.boxes(segment.range().offset(), segment.range().end());
                FragmentFields fields = new FragmentFields(written, written.get(boxes.get(0), "traf"));
                long position = boxes.get(0).start() + fields.dataOffset();
                Mp4Reader.require(
                        fields.trackId() == track.id()
                                && position == boxes.get(1).body()
                                && fields.decodeTime() == segment.start(),
                        "an audio fragment is not where the playlist names it");
                while (fields.advance()) {
                    Mp4Reader.require(
                            fields.isSilence()
                                    ? Arrays.equals(written.bytes(position, fields.size()), SilentPacket.BYTES)
                                    : sample.advance()
                                            && sample.size() == fields.size()
                                            && sample.duration() == fields.duration()
                                            && sample.presentationTime() == fields.presentationTime(),
                            "an audio fragment differs from the sample table");
                    position += fields.size();
                }
                Mp4Reader.require(position == segment.range().end(), "the samples do not fill an audio fragment");
            }
        }
        Mp4Reader.require(!sample.advance(), "not all samples are in audio fragments");
    }
}

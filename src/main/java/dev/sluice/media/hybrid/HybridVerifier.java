package dev.sluice.media.hybrid;

import dev.sluice.media.mp4.Box;
import dev.sluice.media.mp4.Mp4Reader;
import dev.sluice.media.mp4.Mp4Track;
import dev.sluice.media.mp4.SampleCursor;
import dev.sluice.media.mp4.SampleDescription;
import dev.sluice.media.streaming.FileRange;
import dev.sluice.media.streaming.FragmentedStream;
import dev.sluice.media.streaming.StreamFile;
import dev.sluice.media.streaming.StreamSegment;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * Verifies a hybrid file: walks its fragments, compares each sample (position, size, times, sync flag) with the sample tables, and
 * the fragments with the segments that playlists name. Reads headers only.
 */
final class HybridVerifier {
    private final Mp4Reader reader;
    private final List<Mp4Track> tracks;
    private final List<SampleCursor> cursors;
    private final Iterator<StreamSegment> keyFrames;
    private final List<SegmentWalk> walks;
    private int sequence;

    private HybridVerifier(Mp4Reader reader, StreamFile expected) throws IOException {
        this.reader = reader;
        tracks = Mp4Track.of(reader, reader.topLevel("moov"));
        cursors = List.of(
                tracks.get(0).cursor(reader), tracks.get(tracks.size() - 1).cursor(reader));
        keyFrames = expected.video().keyFrames().iterator();
        walks = List.of(
                new SegmentWalk(expected.video().segments()),
                new SegmentWalk(expected.audio().map(FragmentedStream::segments).orElse(List.of())));
        verifyInitialization(expected.video(), tracks.get(0));
        if (expected.audio().isPresent()) {
            verifyInitialization(expected.audio().get(), tracks.get(1));
        }
    }

    static void verify(Path file, StreamFile expected) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            Mp4Reader reader = new Mp4Reader(channel);
            Mp4Reader.require(reader.length() == expected.bytes(), "it does not have its size");
            new HybridVerifier(reader, expected).walk(reader.topLevel("mdat"));
        }
    }

    private void verifyInitialization(FragmentedStream stream, Mp4Track track) throws IOException {
        FileRange range = stream.initialization();
        List<Box> boxes = reader.boxes(range.offset(), range.end());
        Mp4Reader.require(
                boxes.stream().map(Box::type).toList().equals(List.of("ftyp", "moov")),
                "an initialization segment is not complete");
        Box trak = reader.get(boxes.get(1), "trak");
        Box trex = reader.get(boxes.get(1), "mvex", "trex");
        Box description = reader.get(trak, "mdia", "minf", "stbl", "stsd");
        Mp4Reader.require(
                reader.uint32(trex.body() + 4) == track.id()
                        && SampleDescription.codec(reader, description).equals(stream.codec())
                        && track.codec().equals(stream.codec()),
                "an initialization segment is not that of its track");
    }

    private void walk(Box media) throws IOException {
        long position = skipPriming(media);
        while (position < media.end()) {
            Box moof = reader.box(position, media.end());
            Mp4Reader.require(moof.type().equals("moof"), "a fragment does not start with 'moof'");
            Box mdat = reader.box(moof.end(), media.end());
            Mp4Reader.require(mdat.type().equals("mdat"), "a fragment has no 'mdat'");
            verifyFragment(moof, mdat);
            position = mdat.end();
        }
        for (SampleCursor cursor : cursors) {
            Mp4Reader.require(
                    (tracks.size() == 1 && cursor == cursors.get(1)) || !cursor.advance(),
                    "not all samples are in fragments");
        }
        Mp4Reader.require(
                !keyFrames.hasNext() && walks.stream().allMatch(SegmentWalk::isComplete), "a segment has no fragment");
    }

    /** The position after the samples that only the plain MP4 has. */
    private long skipPriming(Box media) throws IOException {
        long position = media.body();
        if (tracks.size() == 1) {
            return position;
        }
        SampleCursor audio = tracks.get(1).cursor(reader);
        while (audio.advance() && audio.presentationTime() < 0) {
            Mp4Reader.require(cursors.get(1).advance(), "the audio has too few samples");
            Mp4Reader.require(audio.position() == position, "the priming of the audio is not at the start");
            position += audio.size();
        }
        return position;
    }

    private void verifyFragment(Box moof, Box mdat) throws IOException {
        Box mfhd = reader.get(moof, "mfhd");
        Mp4Reader.require(
                reader.int32(mfhd.body()) == 0 && reader.int32(mfhd.body() + 4) == ++sequence,
                "fragments are not in order");
        Box traf = reader.get(moof, "traf");
        FragmentFields fields = new FragmentFields(reader, traf);
        int number = fields.trackId() == tracks.get(0).id() ? 0 : 1;
        Mp4Reader.require(
                number < tracks.size() && fields.trackId() == tracks.get(number).id(), "a fragment has no track");
        SampleCursor cursor = cursors.get(number);
        long position = moof.start() + fields.dataOffset();
        Mp4Reader.require(position == mdat.body(), "the data of a fragment are not in its 'mdat'");
        long start = fields.decodeTime();
        for (int i = 0; fields.advance(); i++) {
            if (fields.isSilence()) {
                Mp4Reader.require(
                        number == 1 && Arrays.equals(reader.bytes(position, fields.size()), SilentPacket.BYTES),
                        "a silent fragment has other packets");
            } else {
                Mp4Reader.require(
                        cursor.advance()
                                && cursor.position() == position
                                && cursor.size() == fields.size()
                                && cursor.duration() == fields.duration()
                                && cursor.isSync() == fields.isSync()
                                && cursor.presentationTime() == fields.presentationTime(),
                        "sample " + i + " of fragment " + sequence + " differs from the sample table");
            }
            position += fields.size();
            if (i == 0) {
                start = fields.presentationTime();
                if (number == 0) {
                    verifyKeyFrame(moof.start(), position, fields);
                }
            }
        }
        Mp4Reader.require(position == mdat.end(), "the samples do not fill a fragment");
        walks.get(number).add(moof.start(), mdat.end(), start);
    }

    private void verifyKeyFrame(long start, long end, FragmentFields fields) {
        Mp4Reader.require(fields.isSync() && keyFrames.hasNext(), "a fragment does not start with a key frame");
        StreamSegment expected = keyFrames.next();
        Mp4Reader.require(
                expected.range().offset() == start
                        && expected.range().end() == end
                        && expected.start() == fields.presentationTime(),
                "a key frame is not where the playlist names it");
    }

    /** Compares fragments with the segments that consist of them. */
    private static final class SegmentWalk {
        private final Iterator<StreamSegment> segments;
        private long end = -1;
        private long segmentEnd = -1;

        SegmentWalk(List<StreamSegment> segments) {
            this.segments = segments.iterator();
        }

        void add(long from, long to, long start) {
            if (end == segmentEnd) {
                Mp4Reader.require(segments.hasNext(), "a fragment is in no segment");
                StreamSegment segment = segments.next();
                Mp4Reader.require(
                        segment.range().offset() == from && segment.start() == start,
                        "a segment does not start with a fragment");
                segmentEnd = segment.range().end();
            } else {
                Mp4Reader.require(from == end, "a segment has a gap");
            }
            end = to;
            Mp4Reader.require(end <= segmentEnd, "a segment ends inside a fragment");
        }

        boolean isComplete() {
            return end == segmentEnd && !segments.hasNext();
        }
    }
}

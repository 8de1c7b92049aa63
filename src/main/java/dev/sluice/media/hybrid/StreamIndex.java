package dev.sluice.media.hybrid;

import dev.sluice.media.mp4.Mp4Track;
import dev.sluice.media.streaming.FileRange;
import dev.sluice.media.streaming.FragmentedStream;
import dev.sluice.media.streaming.StreamFile;
import dev.sluice.media.streaming.StreamSegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Builds the segments and key frames of a hybrid file from its plan and the positions of its fragments. */
final class StreamIndex {
    private final List<StreamSegment> video = new ArrayList<>();
    private final List<StreamSegment> keyFrames = new ArrayList<>();
    private final List<StreamSegment> audio = new ArrayList<>();

    /** @param positions of all fragments, in the order of the file */
    StreamIndex(FragmentPlan plan, long[] positions) {
        int next = 0;
        List<FragmentPlan.Segment> segments = plan.segments();
        for (FragmentPlan.Segment segment : segments) {
            for (Fragment fragment : segment.audio()) {
                audio.add(segment(List.of(fragment), positions[next++]));
            }
            video.add(segment(segment.video(), positions[next]));
            for (Fragment fragment : segment.video()) {
                keyFrames.add(new StreamSegment(
                        new FileRange(
                                positions[next++], new FragmentHeader(fragment).dataOffset() + fragment.firstBytes()),
                        fragment.start(),
                        fragment.end() - fragment.start(),
                        1));
            }
        }
    }

    static StreamSegment segment(List<Fragment> fragments, long position) {
        long start = fragments.get(0).start();
        return new StreamSegment(
                new FileRange(
                        position,
                        fragments.stream()
                                .mapToLong(fragment -> new FragmentHeader(fragment).fragmentBytes())
                                .sum()),
                start,
                fragments.stream().mapToLong(Fragment::end).max().orElse(start) - start,
                fragments.stream().mapToInt(Fragment::samples).sum());
    }

    /** @param initializations ranges of the initialization segments of the tracks */
    StreamFile of(long bytes, List<Mp4Track> tracks, List<FileRange> initializations) {
        return new StreamFile(
                bytes,
                stream(tracks.get(0), initializations.get(0), video, keyFrames),
                audio.isEmpty()
                        ? Optional.empty()
                        : Optional.of(stream(tracks.get(1), initializations.get(1), audio, List.of())));
    }

    static FragmentedStream stream(
            Mp4Track track, FileRange initialization, List<StreamSegment> segments, List<StreamSegment> keyFrames) {
        return new FragmentedStream(
                track.codec(),
                track.timescale(),
                track.width(),
                track.height(),
                initialization,
                adjacent(segments),
                adjacent(keyFrames));
    }

    /** Each lasts until the next one starts: with a variable frame rate, the duration of its last sample may differ. */
    private static List<StreamSegment> adjacent(List<StreamSegment> segments) {
        List<StreamSegment> result = new ArrayList<>();
        for (int i = 0; i < segments.size(); i++) {
            StreamSegment segment = segments.get(i);
            long end = i + 1 < segments.size() ? segments.get(i + 1).start() : segment.end();
            result.add(new StreamSegment(segment.range(), segment.start(), end - segment.start(), segment.samples()));
        }
        return result;
    }
}

package dev.sluice.media.hybrid;

import dev.sluice.media.mp4.Mp4Reader;
import dev.sluice.media.mp4.Mp4Track;
import dev.sluice.media.mp4.SampleCursor;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Divides a movie into fragments, and the fragments into segments. Segments start with a key frame; the audio of a segment
 * precedes its video, because a progressive player on a slow connection would else wait for the audio.
 *
 * @param priming samples at the start of the audio that begin before the movie; only the plain MP4 contains them
 * @param primingBytes of these samples
 */
record FragmentPlan(int priming, long primingBytes, List<Segment> segments) {
    /** More than 12 hours with a key frame every 50 ms; a fragment takes about 100 bytes of memory. */
    static final int MAX_FRAGMENTS = 1_000_000;

    /** Rounding of timestamps and of requested key frame times. */
    private static final Duration TOLERANCE = Duration.ofMillis(10);

    /** The video fragments of a segment, and audio fragments that start before its end. */
    record Segment(List<Fragment> audio, List<Fragment> video) {}

    /**
     * The plan for a movie.
     *
     * @param target duration of a segment
     * @param origin presentation time at which the first segment starts; empty: at the first frame
     */
    static FragmentPlan of(Mp4Reader reader, List<Mp4Track> tracks, Duration target, Optional<Duration> origin)
            throws IOException {
        Mp4Track video = tracks.get(0);
        List<Fragment> gops = gops(reader, video);
        long first = gops.get(0).start();
        long start = Math.min(
                first,
                origin.map(time -> convert(time.toMillis(), 1000, video.timescale()))
                        .orElse(first));
        List<List<Fragment>> groups = grouped(gops, start, ticks(target, video), ticks(TOLERANCE, video));
        Optional<Mp4Track> audio = tracks.stream().skip(1).findFirst();
        AudioPlan audioPlan = new AudioPlan(starts(groups, audio.orElse(video)), target);
        if (audio.isPresent()) {
            audioPlan.add(reader, audio.get());
        }
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < groups.size(); i++) {
            segments.add(new Segment(audioPlan.fragments().get(i), groups.get(i)));
        }
        return new FragmentPlan(audioPlan.priming(), audioPlan.primingBytes(), segments);
    }

    /** All fragments, in the order of the file. */
    List<Fragment> fragments() {
        List<Fragment> all = new ArrayList<>();
        for (Segment segment : segments) {
            all.addAll(segment.audio);
            all.addAll(segment.video);
        }
        return all;
    }

    private static List<Fragment> gops(Mp4Reader reader, Mp4Track video) throws IOException {
        List<Fragment> gops = new ArrayList<>();
        SampleCursor sample = video.cursor(reader);
        Mp4Reader.require(sample.advance() && sample.isSync(), "the video does not start with a key frame");
        Fragment.Builder gop = new Fragment.Builder(video, sample);
        gop.add(sample);
        while (sample.advance()) {
            if (sample.isSync()) {
                addTo(gops, gop.build());
                gop = new Fragment.Builder(video, sample);
            }
            gop.add(sample);
        }
        addTo(gops, gop.build());
        return gops;
    }

    /**
     * Groups GOPs by the cell of a grid in which they start: a key frame is late by up to a frame, but the lateness does not add
     * up.
     */
    private static List<List<Fragment>> grouped(List<Fragment> gops, long origin, long target, long tolerance) {
        List<List<Fragment>> groups = new ArrayList<>();
        long cell = -1;
        for (Fragment gop : gops) {
            long next = Math.max(cell, (gop.start() - origin + tolerance) / target);
            if (next != cell) {
                groups.add(new ArrayList<>());
                cell = next;
            }
            groups.get(groups.size() - 1).add(gop);
        }
        return groups;
    }

    /** Start of each segment, in ticks of a track. */
    private static List<Long> starts(List<List<Fragment>> groups, Mp4Track track) {
        return groups.stream()
                .map(group -> group.get(0))
                .map(first -> convert(first.start(), first.track().timescale(), track.timescale()))
                .toList();
    }

    static void addTo(List<Fragment> fragments, Fragment fragment) {
        Mp4Reader.require(fragments.size() < MAX_FRAGMENTS, "it has more than " + MAX_FRAGMENTS + " fragments");
        Mp4Reader.require(
                fragment.bytes() <= Integer.MAX_VALUE && fragment.decodeTime() >= 0,
                "a group of pictures has more than 2 GiB or a negative time");
        fragments.add(fragment);
    }

    static long ticks(Duration duration, Mp4Track track) {
        return Math.max(1, convert(duration.toMillis(), 1000, track.timescale()));
    }

    /** Converts a time from one timescale to another, rounded down. */
    static long convert(long ticks, long from, long to) {
        return BigInteger.valueOf(ticks)
                .multiply(BigInteger.valueOf(to))
                .divide(BigInteger.valueOf(from))
                .longValue();
    }
}

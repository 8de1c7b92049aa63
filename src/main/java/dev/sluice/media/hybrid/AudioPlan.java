package dev.sluice.media.hybrid;

import dev.sluice.media.mp4.Mp4Reader;
import dev.sluice.media.mp4.Mp4Track;
import dev.sluice.media.mp4.SampleCursor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Assigns audio to segments, in fragments of at most one and a half times the target. */
final class AudioPlan {
    private final List<Long> starts;
    private final List<List<Fragment>> fragments = new ArrayList<>();
    private final Duration target;
    private int priming;
    private long primingBytes;
    private int segment;

    /** @param starts start of each segment, ticks of the audio; the first may be negative */
    AudioPlan(List<Long> starts, Duration target) {
        this.starts = List.copyOf(starts);
        this.target = target;
        starts.forEach(start -> fragments.add(new ArrayList<>()));
    }

    /** Samples at the start that begin before the movie. */
    int priming() {
        return priming;
    }

    long primingBytes() {
        return primingBytes;
    }

    /** The fragments of each segment. */
    List<List<Fragment>> fragments() {
        return fragments;
    }

    void add(Mp4Reader reader, Mp4Track audio) throws IOException {
        SampleCursor sample = audio.cursor(reader);
        boolean more = sample.advance();
        while (more && sample.presentationTime() < 0) {
            priming++;
            primingBytes += sample.size();
            more = sample.advance();
        }
        if (!more) {
            return;
        }
        addSilence(audio, sample.presentationTime());
        Fragment.Builder fragment = new Fragment.Builder(audio, sample);
        long limit = limit(audio, fragment.start());
        for (; more; more = sample.advance()) {
            if (sample.presentationTime() >= limit) {
                FragmentPlan.addTo(fragments.get(segment), fragment.build());
                fragment = new Fragment.Builder(audio, sample);
                limit = limit(audio, fragment.start());
            }
            fragment.add(sample);
        }
        FragmentPlan.addTo(fragments.get(segment), fragment.build());
    }

    /** Fills the time from the start of the video to that of the audio, with whole packets. */
    private void addSilence(Mp4Track audio, long audioStart) {
        if (!audio.codec().equals(SilentPacket.CODEC) || audio.timescale() != SilentPacket.TIMESCALE) {
            return;
        }
        long videoStart = Math.max(0, starts.get(0));
        long packets = Math.max(0, (audioStart - videoStart) / SilentPacket.SAMPLES);
        long start = audioStart - packets * SilentPacket.SAMPLES;
        while (packets > 0) {
            long limit = limit(audio, start);
            long count =
                    Math.min(packets, Math.max(1, (limit - start + SilentPacket.SAMPLES - 1) / SilentPacket.SAMPLES));
            FragmentPlan.addTo(fragments.get(segment), Fragment.silence(audio, Math.toIntExact(count), start));
            start += count * SilentPacket.SAMPLES;
            packets -= count;
        }
    }

    /** The time at which the fragment that starts at a time ends; selects its segment. */
    private long limit(Mp4Track audio, long start) {
        while (segment + 1 < starts.size() && start >= starts.get(segment + 1)) {
            segment++;
        }
        long length = FragmentPlan.ticks(target, audio);
        if (segment + 1 == starts.size()) {
            return start + length;
        }
        long end = starts.get(segment + 1);
        return end - start > length + length / 2 ? start + length : end;
    }
}

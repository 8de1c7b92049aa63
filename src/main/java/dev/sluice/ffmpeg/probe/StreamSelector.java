package dev.sluice.ffmpeg.probe;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.media.AudioStream;
import dev.sluice.media.VideoStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Selects the streams of a source that are encoded: the preferred ones of which frames can be decoded. Blocks, because it decodes
 * frames.
 */
final class StreamSelector {
    /** Containers of cameras that record the channels as separate streams. */
    private static final Set<String> CAMERA_FORMATS = Set.of("mxf", "mov");

    private final FfprobeOutput output;
    private final Set<String> rejectedCodecs;
    private final FrameDecoder decoder;
    private final List<String> warnings = new ArrayList<>();

    /** @param rejectedCodecs that must not be decoded */
    StreamSelector(FfprobeOutput output, Set<String> rejectedCodecs, FrameDecoder decoder) {
        this.output = output;
        this.rejectedCodecs = Set.copyOf(rejectedCodecs);
        this.decoder = decoder;
    }

    record SelectedVideo(FfprobeStream stream, VideoStream video) {}

    /**
     * Selects the video; the preferred one if no frame of any can be decoded.
     *
     * @throws JobException UNSUPPORTED_CODEC if all have codecs that are not allowed, UNSUPPORTED_DOLBY_VISION
     */
    SelectedVideo video() {
        List<FfprobeStream> allowed = allowed(output.videoCandidates());
        if (allowed.isEmpty()) {
            throw ProbeErrorMapper.unsupportedCodec(
                    output.videoCandidates().get(0).codec());
        }
        for (FfprobeStream stream : allowed) {
            FrameSurvey survey = decoder.survey(stream, output.duration(stream), output.formatName());
            if (!survey.isEmpty()) {
                return accept(stream, survey, allowed);
            }
        }
        return new SelectedVideo(allowed.get(0), allowed.get(0).video(new FrameSurvey(), output.formatName()));
    }

    private SelectedVideo accept(FfprobeStream stream, FrameSurvey survey, List<FfprobeStream> allowed) {
        if (stream.isDolbyVisionOnly()) {
            throw new JobException(
                    ErrorCode.UNSUPPORTED_DOLBY_VISION,
                    "The video has Dolby Vision without a layer that other decoders can show (such as profile 5).");
        }
        if (stream.index() != allowed.get(0).index()) {
            warnings.add("Video stream " + allowed.get(0).index() + " has no frame that can be decoded; stream "
                    + stream.index() + " was used.");
        }
        VideoStream video = stream.video(survey, output.formatName());
        warnings.addAll(video.color().warnings());
        stream.projection()
                .ifPresent(projection -> warnings.add("The video is spherical (" + projection
                        + "); the renditions do not state it, and players show them as flat."));
        return new SelectedVideo(stream, video);
    }

    /**
     * Selects the audio that belongs to a video stream; empty if the file has none that can be decoded.
     *
     * @throws JobException UNSUPPORTED_CODEC if all have codecs that are not allowed: audio is not dropped silently
     */
    Optional<AudioStream> audio(FfprobeStream video) {
        List<FfprobeStream> candidates = output.audioCandidates(video);
        List<FfprobeStream> allowed = allowed(candidates);
        if (allowed.isEmpty() && !candidates.isEmpty()) {
            throw ProbeErrorMapper.unsupportedCodec(candidates.get(0).codec());
        }
        Optional<FfprobeStream> decoded =
                allowed.stream().filter(decoder::decodesAudio).findFirst();
        if (decoded.isEmpty() && !candidates.isEmpty()) {
            warnings.add("No audio stream has a packet that can be decoded; the renditions have no audio.");
        }
        return decoded.map(this::stereo);
    }

    private List<FfprobeStream> allowed(List<FfprobeStream> streams) {
        return streams.stream()
                .filter(stream -> !rejectedCodecs.contains(stream.codec()))
                .toList();
    }

    private AudioStream stereo(FfprobeStream stream) {
        Optional<FfprobeStream> right = right(stream);
        if (right.isPresent()) {
            return new AudioStream(List.of(stream.index(), right.get().index()), Optional.empty());
        }
        Optional<StereoMix> mix = StereoMix.of(stream.channels(), stream.channelLayout());
        mix.flatMap(StereoMix::warning).ifPresent(warnings::add);
        return new AudioStream(List.of(stream.index()), mix.map(StereoMix::expressions));
    }

    /** The right channel, if cameras recorded left and right as mono streams: the next stream with the same properties. */
    private Optional<FfprobeStream> right(FfprobeStream left) {
        boolean fromCamera = Stream.of(output.formatName().split(",")).anyMatch(CAMERA_FORMATS::contains)
                && left.codec().startsWith("pcm_")
                && left.channels() == 1;
        return output.audioStreams().stream()
                .filter(stream -> fromCamera && stream.index() > left.index())
                .findFirst()
                .filter(stream -> stream.channels() == 1
                        && stream.codec().equals(left.codec())
                        && stream.sampleRate().equals(left.sampleRate())
                        && stream.language().equals(left.language())
                        && !stream.isAlternativeAudio());
    }

    /** The warnings about the selection, one sentence each. */
    List<String> warnings() {
        return List.copyOf(warnings);
    }
}

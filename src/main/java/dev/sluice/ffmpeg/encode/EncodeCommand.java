package dev.sluice.ffmpeg.encode;

import dev.sluice.config.MediaConfig;
import dev.sluice.config.MediaConfig.Effort;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.loudness.LoudnessMeter;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.InputArguments;
import dev.sluice.media.AudioStream;
import dev.sluice.media.Crop;
import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.Dimensions;
import dev.sluice.media.DisplayMatrix;
import dev.sluice.media.MediaInfo;
import dev.sluice.media.ProbedSource;
import dev.sluice.media.VideoStream;
import dev.sluice.media.preview.TileFiles;
import dev.sluice.media.rendition.Rendition;
import dev.sluice.media.rendition.RenditionLadder;
import dev.sluice.media.rendition.ThumbnailFiles;
import dev.sluice.media.segment.Segment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * FFmpeg command line of an encode: one decode, all renditions and thumbnails, and one audio encode for all of them (the tee
 * muxer writes it into each file). Pure; file names of outputs are relative to the working directory.
 */
public final class EncodeCommand {
    /** Options of a run that writes files and reports its progress for {@link dev.sluice.ffmpeg.process.ProgressParser}. */
    public static final List<String> COMMON_OPTIONS = List.of(
            "-nostdin",
            "-hide_banner",
            "-nostats",
            "-loglevel",
            "level+warning",
            "-progress",
            "pipe:1",
            "-stats_period",
            "0.5",
            "-y");
    /** The audio of a video that is encoded in segments. */
    public static final String AUDIO_FILE = "sound.m4a";

    /** The start of this audio, for the playlists of a video that is being encoded. */
    public static final String AUDIO_HEAD_FILE = "sound-head.m4a";

    /**
     * Follows the timestamps: gaps and overlaps of more than 20 ms (one packet of Opus) are filled and cut at once, smaller
     * differences are stretched away within a second. FFmpeg's default for the former is 0.1 s.
     */
    private static final String RESAMPLE = "aresample=async=1000:min_hard_comp=0.02";

    private static final String H264_ENCODER = "libx264";
    private static final double MIN_LEVEL_FRAME_RATE = 30;
    /** Without later references, and without the partitions of B-frames into 8x8. */
    private static final String REDUCED = ":ref=1:mixed-refs=0:partitions=p8x8,i8x8,i4x4";

    private static final Duration MARGIN = Duration.ofMinutes(1);
    private static final List<String> DROP_OTHER_STREAMS =
            List.of("-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1");
    private static final String FASTSTART = "movflags=+faststart";
    /** The file is written once more, as a hybrid file. */
    private static final String HEADER_LAST = "";
    // The start time of a file is written in the movie timescale. The default, milliseconds, is too coarse.
    private static final String SEGMENT_FILE = "avoid_negative_ts=disabled:movie_timescale=1000000";

    private final MediaConfig config;
    private final int threads;
    private final OptionalDouble gain;

    /** @param threads that FFmpeg may use, 1 or more */
    public EncodeCommand(MediaConfig config, int threads) {
        this(config, threads, OptionalDouble.empty());
    }

    private EncodeCommand(MediaConfig config, int threads, OptionalDouble gain) {
        this.config = config;
        this.threads = threads;
        this.gain = gain;
    }

    /** The command with this gain of the audio, dB; empty: none. */
    public EncodeCommand withGain(OptionalDouble other) {
        return new EncodeCommand(config, threads, other);
    }

    /** @param renditions largest first */
    List<String> arguments(ProbedSource source, List<Rendition> renditions) {
        List<String> command = wholeFile(List.of());
        command.addAll(videoInput(source));
        command.addAll(outputs(source.info(), renditions));
        return List.copyOf(command);
    }

    private List<String> videoInput(ProbedSource source) {
        List<String> input = new ArrayList<>(inputOptions(source.info().video()));
        input.addAll(InputArguments.untrustedInput(source.path(), config.limits()));
        return input;
    }

    /**
     * Encodes the frames of one segment, without audio. Frames and timestamps are those of an encode in one piece: the files
     * start at the time of the segment.
     *
     * @param displaySize of the plan: a survey on another host may have been incomplete
     * @param firstFrame timestamp of the first frame of the segment
     * @param preroll distance from the segment to the seek position before it, less than the start of the segment; empty:
     *     everything before the segment is decoded
     */
    public List<String> arguments(
            ProbedSource source,
            Dimensions displaySize,
            Segment segment,
            Duration firstFrame,
            Optional<Duration> preroll) {
        MediaInfo info = source.info();
        List<Rendition> renditions = new RenditionLadder(config).renditions(displaySize);
        List<String> command = globalOptions();
        command.addAll(timesOfWholeEncode(info));
        preroll.map(segment.start().plus(info.times().origin())::minus)
                .ifPresent(seek -> command.addAll(
                        List.of("-noaccurate_seek", "-seek_timestamp", "1", "-ss", DecimalSeconds.format(seek))));
        command.addAll(videoInput(source));
        Duration lookahead = segment.isLast() ? Duration.ZERO : SegmentRateControl.lookahead(config, info.video());
        command.addAll(
                filters(info, displaySize, renditions, Optional.of(new FilterGraph.TimeRange(segment, lookahead))));
        addVideoOutputs(
                command, renditions, new KeyFrameSchedule(config.keyFrameInterval()).forSegment(segment, firstFrame));
        addEncoderParameters(
                command, info, renditions, segment.isFirst() ? "" : SegmentRateControl.continuation(config));
        if (!lookahead.isZero()) {
            command.addAll(List.of(
                    "-bsf:v",
                    "noise=drop=gte(pts*tb\\," + DecimalSeconds.format(Segment.withTolerance(segment.end())) + ")"));
        }
        addTee(command, renditions, false, SEGMENT_FILE);
        addThumbnails(command);
        return List.copyOf(command);
    }

    /** Options before the input of {@link #outputs}: the filter graph crops, rotates and adapts to changed frames itself. */
    public static List<String> inputOptions(VideoStream video) {
        List<String> options = new ArrayList<>(List.of("-reinit_filter:" + video.index(), "0"));
        if (!video.crop().equals(Crop.NONE)) {
            options.addAll(List.of("-apply_cropping:" + video.index(), "codec"));
        }
        if (!video.displayMatrix().equals(DisplayMatrix.IDENTITY)) {
            options.addAll(List.of("-display_rotation:" + video.index(), "0"));
        }
        return List.copyOf(options);
    }

    /**
     * A run without the audio or the video would shift its timestamps by another start than a run with both, see
     * {@link dev.sluice.media.StreamTimes}.
     */
    private static List<String> timesOfWholeEncode(MediaInfo info) {
        return List.of(
                "-copyts",
                "-itsoffset",
                DecimalSeconds.format(info.times().origin().negated()));
    }

    private List<String> wholeFile(List<String> times) {
        List<String> command = globalOptions();
        command.addAll(times);
        command.addAll(List.of(
                "-t", DecimalSeconds.format(config.limits().maxDuration().plus(MARGIN))));
        return command;
    }

    private List<String> globalOptions() {
        List<String> command = new ArrayList<>(COMMON_OPTIONS);
        command.addAll(List.of("-max_error_rate", "1", "-threads", Integer.toString(threads)));
        return command;
    }

    /** Whether renditions become hybrid files, which replaces FFmpeg's second pass ({@code faststart}). */
    public static boolean isHybrid(MediaConfig config) {
        return config.streaming() != MediaConfig.Streaming.NONE;
    }

    /** The arguments after the input: filters, renditions, thumbnails. */
    public List<String> outputs(MediaInfo info, List<Rendition> renditions) {
        List<String> command = new ArrayList<>(filters(info, info.video().displaySize(), renditions, Optional.empty()));
        addVideoOutputs(command, renditions, new KeyFrameSchedule(config.keyFrameInterval()).forWholeFile());
        addEncoderParameters(command, info, renditions, "");
        command.addAll(LastPacketDuration.OPTIONS);
        info.audio().ifPresent(audio -> command.addAll(audio(audio)));
        addTee(command, renditions, info.audio().isPresent(), isHybrid(config) ? HEADER_LAST : FASTSTART);
        addThumbnails(command);
        return command;
    }

    private List<String> filters(
            MediaInfo info, Dimensions displaySize, List<Rendition> renditions, Optional<FilterGraph.TimeRange> range) {
        FilterGraph graph = new FilterGraph(
                info.video(),
                renditions,
                stills(info, displaySize),
                info.times().videoStart().orElse(Duration.ZERO),
                range);
        return List.of(
                "-filter_complex_threads", Integer.toString(graph.threads(threads)), "-filter_complex", graph.build());
    }

    private FilterGraph.Stills stills(MediaInfo info, Dimensions displaySize) {
        return new FilterGraph.Stills(
                RenditionLadder.thumbnailSize(displaySize, config.thumbnails().width()),
                config.thumbnails().interval().toSeconds(),
                config.preview().needsTiles() ? Optional.of(TileFiles.size(displaySize)) : Optional.empty(),
                TileFiles.interval(info.duration().orElse(Duration.ZERO)).toSeconds());
    }

    private void addVideoOutputs(List<String> command, List<Rendition> renditions, String keyFrames) {
        for (int i = 0; i < renditions.size(); i++) {
            Rendition rendition = renditions.get(i);
            command.addAll(List.of("-map", "[v" + i + "]"));
            command.addAll(List.of("-maxrate:v:" + i, Integer.toString(rendition.maxBitrate())));
            command.addAll(List.of("-bufsize:v:" + i, Integer.toString(2 * rendition.maxBitrate())));
            command.addAll(List.of("-threads:v:" + i, Integer.toString(threadsFor(rendition, renditions))));
        }
        boolean hasAv1 = renditions.stream().anyMatch(Rendition::isAv1);
        for (int i = 0; i < renditions.size() && hasAv1; i++) {
            command.addAll(
                    List.of("-c:v:" + i, renditions.get(i).isAv1() ? FfmpegInstallation.AV1_ENCODER : H264_ENCODER));
        }
        addEncoder(command, hasAv1 ? List.of() : List.of("-c:v", H264_ENCODER), keyFrames);
    }

    private void addEncoder(List<String> command, List<String> codec, String keyFrames) {
        command.addAll(List.of("-force_key_frames:v", keyFrames));
        command.addAll(codec);
        command.addAll(List.of(
                "-preset",
                config.x264().preset(),
                "-crf",
                Integer.toString(config.x264().crf())));
        command.addAll(List.of("-pix_fmt", "yuv420p"));
        command.addAll(List.of("-flags", "+cgop+global_header", "-sc_threshold", "0", "-g", "100000"));
        command.addAll(List.of("-fps_mode:v", "vfr", "-enc_time_base:v", "demux"));
    }

    /**
     * Encodes an excerpt in the smallest rendition once for each effort, in the order of their declaration, and discards the result.
     * x264 prints size and quality of each.
     *
     * @param start of the excerpt in the source; the excerpt begins at the key frame before it
     * @param frames length of the excerpt
     */
    public List<String> trial(ProbedSource source, Duration start, int frames) {
        MediaInfo info = source.info();
        List<Rendition> renditions =
                new RenditionLadder(config).renditions(info.video().displaySize());
        Rendition smallest = renditions.get(renditions.size() - 1);
        Effort[] efforts = Effort.values();
        FilterGraph graph = new FilterGraph(
                info.video(), List.of(smallest), stills(info, smallest.size()), Duration.ZERO, Optional.empty());
        List<String> command = new ArrayList<>(FfmpegRunner.MEASUREMENT_OPTIONS);
        command.addAll(List.of("-max_error_rate", "1", "-threads", Integer.toString(threads)));
        command.addAll(timesOfWholeEncode(info));
        command.addAll(List.of("-noaccurate_seek", "-seek_timestamp", "1", "-ss"));
        command.add(DecimalSeconds.format(start.plus(info.times().origin())));
        command.addAll(videoInput(source));
        command.addAll(List.of("-filter_complex_threads", "1", "-filter_complex", graph.trial(frames, efforts.length)));
        for (int i = 0; i < efforts.length; i++) {
            command.addAll(List.of("-map", "[t" + i + "]", "-threads:v", "1"));
            command.addAll(List.of("-maxrate:v", Integer.toString(smallest.maxBitrate())));
            command.addAll(List.of("-bufsize:v", Integer.toString(2 * smallest.maxBitrate())));
            addEncoder(
                    command,
                    List.of("-c:v", H264_ENCODER),
                    new KeyFrameSchedule(config.keyFrameInterval()).forWholeFile());
            command.addAll(List.of("-x264-params", rateParameter(info) + ":psnr=1" + effortParameters(efforts[i])));
            command.addAll(List.of("-f", "null", "-"));
        }
        return List.copyOf(command);
    }

    /**
     * x264 selects the level by the frame rate, for which FFmpeg passes the time base if a container states no rate. Variable
     * rates are at times higher than their average.
     */
    private static String rateParameter(MediaInfo info) {
        return "fps=" + Math.round(1000 * levelFrameRate(info.video().frameRate())) + "/1000";
    }

    private void addEncoderParameters(List<String> command, MediaInfo info, List<Rendition> renditions, String more) {
        String parameters = rateParameter(info) + more;
        command.addAll(List.of("-x264-params", parameters));
        for (int i = 0; i < renditions.size(); i++) {
            Rendition rendition = renditions.get(i);
            if (rendition.isAv1()) {
                command.addAll(new Av1Encoder(config.x264().crf(), info.video().frameRate())
                        .options(i, threadsFor(rendition, renditions)));
            } else if (config.x264().effort() != Effort.PRESET && i < renditions.size() - 1) {
                command.addAll(List.of(
                        "-x264-params:v:" + i,
                        parameters + effortParameters(config.x264().effort())));
            }
        }
    }

    private static String effortParameters(Effort effort) {
        return effort == Effort.REDUCED ? REDUCED : "";
    }

    /** The frame rate for which the level is selected, for a video with this average rate. */
    public static double levelFrameRate(double average) {
        return Math.max(MIN_LEVEL_FRAME_RATE, average);
    }

    private List<String> audio(AudioStream audio) {
        String volume = gain.isPresent() ? String.format(Locale.ROOT, ",volume=%.2fdB", gain.getAsDouble()) : "";
        List<String> command = audioFilters(audio, RESAMPLE + volume);
        command.addAll(
                List.of("-c:a", "aac", "-b:a", Integer.toString(config.audioBitrate()), "-ac", "2", "-ar", "48000"));
        return command;
    }

    private static List<String> audioFilters(AudioStream audio, String last) {
        List<String> command = new ArrayList<>();
        String filters = audio.stereoMix()
                        .map(mix -> "pan=stereo|c0=" + mix.replace("|", "|c1=") + ",")
                        .orElse("")
                + last;
        if (audio.indices().size() == 1) {
            command.addAll(List.of("-map", "0:" + audio.indices().get(0), "-af", filters));
        } else {
            String inputs =
                    audio.indices().stream().map(index -> "[0:" + index + "]").collect(Collectors.joining());
            command.addAll(List.of(
                    "-filter_complex",
                    inputs + "amerge=inputs=" + audio.indices().size() + "," + filters + "[audio]"));
            command.addAll(List.of("-map", "[audio]"));
        }
        return command;
    }

    /** Measures the loudness of the audio that an encode without gain publishes. */
    public List<String> loudness(ProbedSource source, AudioStream audio) {
        List<String> command = new ArrayList<>(FfmpegRunner.MEASUREMENT_OPTIONS);
        command.addAll(List.of("-max_error_rate", "1", "-threads", Integer.toString(threads)));
        command.addAll(List.of(
                "-t", DecimalSeconds.format(config.limits().maxDuration().plus(MARGIN))));
        command.addAll(InputArguments.untrustedInput(source.path(), config.limits()));
        command.addAll(audioFilters(audio, RESAMPLE + "," + LoudnessMeter.FILTER));
        command.add("-vn");
        command.addAll(DROP_OTHER_STREAMS);
        command.addAll(LoudnessMeter.NO_OUTPUT);
        return List.copyOf(command);
    }

    /** Encodes the audio alone, exactly as in the renditions of an encode in one piece. */
    public List<String> audioOnly(ProbedSource source, AudioStream audio) {
        return audioOnly(source, audio, List.of(), AUDIO_FILE);
    }

    /** The start of the audio, with the packets that {@link #audioOnly} makes, but for the last ones. */
    public List<String> audioHead(ProbedSource source, AudioStream audio, Duration duration) {
        return audioOnly(source, audio, List.of("-t", DecimalSeconds.format(duration)), AUDIO_HEAD_FILE);
    }

    private List<String> audioOnly(ProbedSource source, AudioStream audio, List<String> limit, String file) {
        List<String> command = wholeFile(timesOfWholeEncode(source.info()));
        command.addAll(InputArguments.untrustedInput(source.path(), config.limits()));
        command.addAll(audio(audio));
        command.add("-vn");
        command.addAll(DROP_OTHER_STREAMS);
        command.addAll(limit);
        command.addAll(List.of("-f", "mp4", "file:" + file));
        return List.copyOf(command);
    }

    /** Threads by share of the pixels, rounded up. More threads than work cost time and a little quality. */
    private int threadsFor(Rendition rendition, List<Rendition> renditions) {
        long all = renditions.stream().mapToLong(each -> each.size().pixels()).sum();
        return Math.toIntExact((threads * rendition.size().pixels() + all - 1) / all);
    }

    private static void addTee(List<String> command, List<Rendition> renditions, boolean hasAudio, String options) {
        String audio = hasAudio ? ",a" : "";
        command.addAll(DROP_OTHER_STREAMS);
        command.addAll(List.of(
                "-f",
                "tee",
                IntStream.range(0, renditions.size())
                        .mapToObj(i -> "[f=mp4:" + (options.isEmpty() ? "" : options + ":") + "select=\\'v:" + i + audio
                                + "\\']" + renditions.get(i).fileName())
                        .collect(Collectors.joining("|"))));
    }

    private void addThumbnails(List<String> command) {
        addThumbnails(command, "[thumbnails]", "vfr", ThumbnailFiles.PREFIX);
        // The placeholder has a negative timestamp.
        addThumbnails(command, "[contents]", "passthrough", ThumbnailFiles.CONTENT_PREFIX);
        if (config.preview().needsTiles()) {
            addThumbnails(command, "[tiles]", "vfr", TileFiles.PREFIX);
        }
    }

    private static void addThumbnails(List<String> command, String output, String frameRateMode, String prefix) {
        command.addAll(List.of("-map", output, "-c:v", "mjpeg", "-q:v", "3", "-threads:v", "1"));
        command.addAll(List.of("-fps_mode:v", frameRateMode, "-enc_time_base:v", "1:1000", "-map_metadata", "-1"));
        command.addAll(List.of("-f", "image2", "-frame_pts", "1", "file:" + prefix + "%d.jpg"));
    }
}

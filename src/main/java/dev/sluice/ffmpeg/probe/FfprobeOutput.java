package dev.sluice.ffmpeg.probe;

import dev.sluice.media.AudioStream;
import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.StreamTimes;
import dev.sluice.media.text.Chapter;
import dev.sluice.media.text.TextSource;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Parsed output of ffprobe for a file. Pure. */
public final class FfprobeOutput {
    /** Names of the accepted demuxers with the flag {@code AVFMT_TS_DISCONT}. */
    private static final Set<String> WITH_DISCONTINUITIES = Set.of("mpegts", "mpeg", "ogg");
    /** Names of the demuxers that read or measure the duration of each stream. */
    private static final Set<String> WITH_STREAM_DURATIONS = Set.of("mov,mp4,m4a,3gp,3g2,mj2", "mpegts", "mpeg");

    /** More is not made for viewers. */
    private static final int MAX_CHAPTERS = 1_000;

    private final JsonObject format;
    private final List<FfprobeStream> streams;
    private final List<Chapter> chapters;
    private final List<Set<Integer>> programs;

    private FfprobeOutput(
            JsonObject format, List<FfprobeStream> streams, List<Chapter> chapters, List<Set<Integer>> programs) {
        this.format = format;
        this.streams = streams;
        this.chapters = chapters;
        this.programs = programs;
    }

    /**
     * Parses the JSON of ffprobe.
     *
     * @throws io.vertx.core.json.DecodeException if the text is not valid JSON
     */
    public static FfprobeOutput of(String json) {
        JsonObject report = new JsonObject(json);
        return new FfprobeOutput(
                report.getJsonObject("format", new JsonObject()),
                objects(report, "streams").map(FfprobeStream::new).toList(),
                objects(report, "chapters")
                        .limit(MAX_CHAPTERS)
                        .flatMap(FfprobeOutput::chapter)
                        .toList(),
                objects(report, "programs")
                        .map(program -> objects(program, "streams")
                                .map(stream -> stream.getInteger("index", -1))
                                .collect(Collectors.toUnmodifiableSet()))
                        .toList());
    }

    private static Stream<Chapter> chapter(JsonObject json) {
        return DecimalSeconds.parse(json.getString("start_time"))
                .flatMap(start -> DecimalSeconds.parse(json.getString("end_time"))
                        .map(end -> new Chapter(
                                start,
                                end,
                                json.getJsonObject("tags", new JsonObject()).getString("title", ""))))
                .stream();
    }

    /** The objects in an array; none if it is missing. */
    static Stream<JsonObject> objects(JsonObject json, String key) {
        JsonArray array = json.getJsonArray(key, new JsonArray());
        return IntStream.range(0, array.size()).mapToObj(array::getJsonObject);
    }

    /** Subtitles and chapters, with times from {@code origin}. */
    TextSource text(Duration origin) {
        return new TextSource(
                streams.stream()
                        .filter(FfprobeStream::isSubtitle)
                        .map(FfprobeStream::subtitles)
                        .toList(),
                chapters.stream()
                        .map(chapter -> new Chapter(
                                chapter.start().minus(origin), chapter.end().minus(origin), chapter.title()))
                        .toList());
    }

    List<FfprobeStream> streams() {
        return streams;
    }

    List<FfprobeStream> videoStreams() {
        return streams.stream().filter(FfprobeStream::isVideo).toList();
    }

    /** Video streams without cover art and still images. */
    List<FfprobeStream> movingVideoStreams() {
        return videoStreams().stream().filter(stream -> !stream.isStill()).toList();
    }

    List<FfprobeStream> audioStreams() {
        return streams.stream().filter(FfprobeStream::isAudio).toList();
    }

    /** The moving video streams in order of preference: those marked as default first. */
    List<FfprobeStream> videoCandidates() {
        return movingVideoStreams().stream()
                .sorted(Comparator.comparing(stream -> !stream.isDefault()))
                .toList();
    }

    /**
     * The audio streams in order of preference: of the video's program before those of others, main audio before alternative audio,
     * marked as default before others, in the order of the file.
     */
    List<FfprobeStream> audioCandidates(FfprobeStream video) {
        Set<Integer> program = programs.stream()
                .filter(streamsOfProgram -> streamsOfProgram.contains(video.index()))
                .findFirst()
                .orElse(Set.of());
        return audioStreams().stream()
                .sorted(Comparator.<FfprobeStream, Boolean>comparing(
                                stream -> !program.isEmpty() && !program.contains(stream.index()))
                        .thenComparing(FfprobeStream::isAlternativeAudio)
                        .thenComparing(stream -> !stream.isDefault()))
                .toList();
    }

    /** The stream that is encoded as audio, or as its left channel. */
    Optional<FfprobeStream> stream(AudioStream audio) {
        return audioStreams().stream()
                .filter(stream -> stream.index() == audio.indices().get(0))
                .findFirst();
    }

    /** FFmpeg's names of the container format, separated by commas. */
    String formatName() {
        return format.getString("format_name", "");
    }

    /**
     * Times of the encoded streams. FFmpeg subtracts the earliest start of all streams from the timestamps of a file, but in
     * formats that allow discontinuities only the earliest start of the streams that a run uses ({@code
     * ffmpeg_demux.c}). Both are known here, so that runs that use other streams can subtract the same.
     */
    StreamTimes times(FfprobeStream video, Optional<FfprobeStream> audio) {
        Optional<Duration> audioStart = audio.flatMap(FfprobeStream::start);
        String name = formatName();
        Optional<Duration> ofFile = DecimalSeconds.parse(format.getString("start_time"));
        Duration origin = Optional.of(name)
                .filter(WITH_DISCONTINUITIES::contains)
                .flatMap(found -> Stream.concat(video.start().stream(), audioStart.stream())
                        .min(Comparator.naturalOrder()))
                .or(() -> ofFile)
                .orElse(Duration.ZERO);
        return new StreamTimes(
                origin,
                video.start().map(start -> start.minus(origin)),
                audioStart.map(start -> start.minus(origin)),
                audioStart.flatMap(start -> audio.filter(stream -> WITH_STREAM_DURATIONS.contains(name))
                        .flatMap(FfprobeStream::duration)
                        .map(duration -> start.plus(duration).minus(origin))));
    }

    /** Duration of a stream as stated by its header, else by that of the container. */
    Optional<Duration> duration(FfprobeStream stream) {
        return stream.duration().or(this::duration);
    }

    /** Duration stated by the container's header. */
    Optional<Duration> duration() {
        return DecimalSeconds.parse(format.getString("duration"));
    }
}

package dev.sluice.ffmpeg.encode;

import dev.sluice.ffmpeg.process.InputArguments;
import dev.sluice.media.ColorStandard;
import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.Dimensions;
import dev.sluice.media.rendition.Rendition;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Properties of a rendition that ffprobe reads from its header and from its first and last key frames. Pure.
 *
 * @param frames sizes of the decoded frames: the first and the last key frame, which may be the same
 */
record RenditionProperties(JsonObject stream, List<String> sideData, List<Dimensions> frames) {
    /** Deblocking is not needed to verify that a frame can be decoded; more threads cost more than they save. */
    static final List<String> DECODER = List.of("-threads", "1", "-skip_loop_filter", "all");

    /** Parts of FFmpeg's names of side data that players would apply to frames that are not HDR. */
    private static final List<String> HDR_SIDE_DATA = List.of(
            "Mastering display",
            "Content light level",
            "HDR Dynamic Metadata",
            "Dolby Vision",
            "DOVI",
            "ICC profile",
            "Ambient viewing");

    RenditionProperties {
        sideData = List.copyOf(sideData);
        frames = List.copyOf(frames);
    }

    /**
     * Arguments of ffprobe.
     *
     * @param end of the file, or another time after its last key frame
     */
    static List<String> arguments(Rendition rendition, Duration end) {
        List<String> command = new ArrayList<>(List.of("-hide_banner", "-loglevel", "level+error"));
        command.addAll(DECODER);
        command.addAll(List.of("-skip_frame", "nokey", "-select_streams", "v"));
        command.addAll(List.of("-read_intervals", "%+#1," + DecimalSeconds.format(end) + "%+#1", "-show_entries"));
        command.add("stream=level,refs,color_range,color_space,color_primaries,color_transfer"
                + ":stream_side_data=side_data_type:frame=width,height:frame_side_data=side_data_type");
        command.addAll(List.of("-print_format", "json=compact=1"));
        command.addAll(InputArguments.ownInput("mov", rendition.fileName()));
        return List.copyOf(command);
    }

    /** Parses the output; empty if it has no stream. */
    static Optional<RenditionProperties> of(String json) {
        try {
            JsonObject report = new JsonObject(json);
            List<JsonObject> streams = objects(report, "streams");
            List<String> sideData = List.of("streams", "frames").stream()
                    .flatMap(section -> objects(report, section).stream())
                    .flatMap(entry -> objects(entry, "side_data_list").stream())
                    .map(data -> data.getString("side_data_type", ""))
                    .toList();
            List<Dimensions> frames = objects(report, "frames").stream()
                    .map(frame -> new Dimensions(frame.getInteger("width", 0), frame.getInteger("height", 0)))
                    .toList();
            return streams.stream().findFirst().map(stream -> new RenditionProperties(stream, sideData, frames));
        } catch (DecodeException | ClassCastException invalid) {
            return Optional.empty();
        }
    }

    private static List<JsonObject> objects(JsonObject json, String key) {
        JsonArray array = json.getJsonArray(key, new JsonArray());
        return IntStream.range(0, array.size()).mapToObj(array::getJsonObject).toList();
    }

    /** What differs from the expected color; empty if nothing does. */
    Optional<String> wrongColor(ColorStandard expected) {
        Map<String, String> tags = Map.of(
                "color_range", "tv",
                "color_space", expected.matrix(),
                "color_primaries", expected.primaries(),
                "color_transfer", expected.transfer());
        String differences = tags.entrySet().stream()
                .filter(tag -> !tag.getValue().equals(stream.getString(tag.getKey())))
                .map(tag -> tag.getKey() + " " + stream.getString(tag.getKey(), "unknown") + " instead of "
                        + tag.getValue())
                .sorted()
                .collect(Collectors.joining(", "));
        return Optional.of(differences).filter(text -> !text.isEmpty());
    }

    /** Side data of HDR, or a color profile. */
    Optional<String> hdrSideData() {
        return sideData.stream()
                .filter(type -> HDR_SIDE_DATA.stream().anyMatch(type::contains))
                .findFirst();
    }

    /** Ten times the H.264 level, as in the header. */
    int level() {
        return stream.getInteger("level", 0);
    }

    int references() {
        return stream.getInteger("refs", 1);
    }
}

package dev.sluice.stage.encode;

import dev.sluice.ffmpeg.text.TextTracks;
import dev.sluice.job.TextTrack;
import dev.sluice.media.text.ClosedCaptions;
import dev.sluice.media.text.TextTrackFile;
import dev.sluice.workspace.AttemptDirectory;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The text tracks of a long video in the result of the task that extracted them. Their files are artifacts of this task. */
final class TaskTextTracks {
    private static final String TRACKS = "textTracks";
    private static final String WARNINGS = "textWarnings";

    private TaskTextTracks() {}

    /** Whether an artifact is the file of a text track. */
    static boolean isTextTrack(String name) {
        return name.endsWith(".vtt");
    }

    static JsonObject toJson(TextTracks text) {
        JsonArray tracks = new JsonArray();
        text.tracks().forEach(file -> tracks.add(toJson(file)));
        return new JsonObject().put(TRACKS, tracks).put(WARNINGS, new JsonArray(text.warnings()));
    }

    private static JsonObject toJson(TextTrackFile file) {
        TextTrack track = file.track();
        JsonObject json = new JsonObject()
                .put("name", file.name())
                .put("kind", track.kind().wire());
        track.language().ifPresent(language -> json.put("language", language));
        return json.put("label", track.label())
                .put("default", track.isDefault())
                .put("forced", track.isForced());
    }

    /** The tracks of all tasks, in a directory with their artifacts. */
    static TextTracks of(Collection<JsonObject> results, AttemptDirectory directory) {
        List<TextTrackFile> tracks = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        for (JsonObject result : results) {
            result.getJsonArray(TRACKS, new JsonArray()).stream()
                    .map(JsonObject.class::cast)
                    .flatMap(json -> track(json).stream()
                            .map(track -> new TextTrackFile(track, directory.file(json.getString("name")))))
                    .forEach(tracks::add);
            result.getJsonArray(WARNINGS, new JsonArray()).stream()
                    .map(String::valueOf)
                    .forEach(warnings::add);
        }
        return new TextTracks(tracks, List.of(), warnings, ClosedCaptions.UNKNOWN);
    }

    private static Optional<TextTrack> track(JsonObject json) {
        return TextTrack.Kind.of(json.getString("kind", ""))
                .map(kind -> new TextTrack(
                        kind,
                        Optional.ofNullable(json.getString("language")),
                        json.getString("label", ""),
                        json.getBoolean("default", false),
                        json.getBoolean("forced", false)));
    }
}

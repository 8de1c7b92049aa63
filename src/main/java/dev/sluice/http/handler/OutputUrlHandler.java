package dev.sluice.http.handler;

import dev.sluice.backend.job.MediaJobService;
import dev.sluice.backend.upload.PresignedUrlService;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.persistence.job.JobDetails;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Presigned URLs of the outputs of a job. */
public final class OutputUrlHandler {
    private final MediaJobService jobs;
    private final PresignedUrlService presignedUrls;

    public OutputUrlHandler(MediaJobService jobs, PresignedUrlService presignedUrls) {
        this.jobs = jobs;
        this.presignedUrls = presignedUrls;
    }

    public Map<String, OperationHandler> handlers() {
        return Map.of("jobOutputs", this::outputs);
    }

    private Future<JsonObject> outputs(ApiRequest call) {
        return jobs.requireAccessibleJob(call.jobId(), call.caller()).compose(job -> withUrls(call, job));
    }

    private Future<JsonObject> withUrls(ApiRequest call, JobDetails job) {
        JsonArray poster = new JsonArray();
        JsonArray index = new JsonArray();
        JsonArray sheets = new JsonArray();
        job.outputs().poster().ifPresent(poster::add);
        job.outputs().storyboard().ifPresent(storyboard -> {
            index.add(new JsonObject().put("s3_key", storyboard.getString("vtt_key")));
            sheets.addAll(storyboard.getJsonArray("sheets"));
        });
        List<Output> outputs = Stream.of(
                        of("scaled", "video/mp4", job.outputs().videoVersions()),
                        of("thumbnail", "image/jpeg", job.outputs().thumbnails()),
                        of("poster", "image/jpeg", poster),
                        of("storyboard", "text/vtt", index),
                        of("storyboard_sheet", "image/jpeg", sheets))
                .flatMap(all -> all)
                .filter(output -> jobs.isOutput(job, output.key()))
                .toList();
        List<Output> textTracks = of("text", "text/vtt", job.outputs().textTracks())
                .filter(output -> jobs.isOutput(job, output.key()))
                .toList();
        Instant expiresAt = Instant.now().plus(presignedUrls.ttl());
        return presignedUrls
                .forDownload(
                        call.caller(),
                        Stream.concat(outputs.stream(), textTracks.stream())
                                .map(Output::key)
                                .toList())
                .map(urls -> {
                    JsonObject json = new JsonObject()
                            .put("job_id", job.id().value())
                            .put("expires_at", expiresAt.toString())
                            .put("outputs", json(outputs, urls));
                    if (!textTracks.isEmpty()) {
                        json.put("text_tracks", json(textTracks, urls.subList(outputs.size(), urls.size())));
                    }
                    job.outputs().streams().ifPresent(streams -> json.put("streams", streams));
                    job.outputs()
                            .metadata()
                            .map(metadata -> metadata.getValue("loudness"))
                            .ifPresent(loudness -> json.put("loudness", loudness));
                    return json;
                });
    }

    private static JsonArray json(List<Output> outputs, List<URI> urls) {
        return new JsonArray(new ArrayList<>(IntStream.range(0, outputs.size())
                .mapToObj(index -> outputs.get(index).withUrl(urls.get(index)))
                .toList()));
    }

    /** Skips items without a valid key: another system may have written the list. */
    private static Stream<Output> of(String type, String mimeType, JsonArray items) {
        return items.stream()
                .filter(JsonObject.class::isInstance)
                .map(JsonObject.class::cast)
                .filter(item -> item.getValue("s3_key") instanceof String)
                .flatMap(item -> {
                    try {
                        return Stream.of(new Output(type, mimeType, item, new ObjectKey(item.getString("s3_key"))));
                    } catch (IllegalArgumentException invalidKey) {
                        return Stream.empty();
                    }
                });
    }

    private record Output(String type, String mimeType, JsonObject item, ObjectKey key) {
        JsonObject withUrl(URI url) {
            JsonObject json = new JsonObject()
                    .put("type", type)
                    .put("s3_key", key.value())
                    .put("mime_type", mimeType)
                    .put("url", url.toString());
            for (String field : List.of(
                    "quality",
                    "width",
                    "height",
                    "file_size",
                    "timestamp",
                    "kind",
                    "language",
                    "label",
                    "default",
                    "forced")) {
                if (item.containsKey(field)) {
                    json.put(field, item.getValue(field));
                }
            }
            return json;
        }
    }
}

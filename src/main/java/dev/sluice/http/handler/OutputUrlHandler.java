package dev.sluice.http.handler;

import dev.sluice.backend.job.MediaJobService;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.s3.PresignedUrls;
import dev.sluice.persistence.job.JobDetails;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Links to what was made of a video. */
public final class OutputUrlHandler {
    private final MediaJobService jobs;
    private final PresignedUrls presignedUrls;
    private final Duration valid;

    public OutputUrlHandler(MediaJobService jobs, PresignedUrls presignedUrls, Duration valid) {
        this.jobs = jobs;
        this.presignedUrls = presignedUrls;
        this.valid = valid;
    }

    public Map<String, OperationHandler> handlers() {
        return Map.of("jobOutputs", this::outputs);
    }

    private Future<JsonObject> outputs(ApiRequest call) {
        return jobs.requireAccessibleJob(call.jobId(), call.caller()).compose(this::linked);
    }

    private Future<JsonObject> linked(JobDetails job) {
        List<Output> outputs = Stream.concat(
                        of("scaled", "video/mp4", job.outputs().videoVersions()),
                        of("thumbnail", "image/jpeg", job.outputs().thumbnails()))
                .toList();
        Instant until = Instant.now().plus(valid);
        return presignedUrls
                .forDownload(outputs.stream().map(Output::key).toList(), valid)
                .map(urls -> new JsonObject()
                        .put("job_id", job.id().value())
                        .put("expires_at", until.toString())
                        .put("outputs", json(outputs, urls)));
    }

    private static JsonArray json(List<Output> outputs, List<URI> urls) {
        return new JsonArray(new ArrayList<>(IntStream.range(0, outputs.size())
                .mapToObj(index -> outputs.get(index).withLink(urls.get(index)))
                .toList()));
    }

    /** Another system may have written the list: what names no object is left out. */
    private static Stream<Output> of(String type, String mimeType, JsonArray items) {
        return items.stream()
                .filter(JsonObject.class::isInstance)
                .map(JsonObject.class::cast)
                .filter(item -> item.getValue("s3_key") instanceof String)
                .flatMap(item -> {
                    try {
                        return Stream.of(new Output(type, mimeType, item, new ObjectKey(item.getString("s3_key"))));
                    } catch (IllegalArgumentException noKey) {
                        return Stream.empty();
                    }
                });
    }

    private record Output(String type, String mimeType, JsonObject item, ObjectKey key) {
        JsonObject withLink(URI url) {
            JsonObject json = new JsonObject()
                    .put("type", type)
                    .put("s3_key", key.value())
                    .put("mime_type", mimeType)
                    .put("url", url.toString());
            for (String field : List.of("quality", "width", "height", "file_size", "timestamp")) {
                if (item.containsKey(field)) {
                    json.put(field, item.getValue(field));
                }
            }
            return json;
        }
    }
}

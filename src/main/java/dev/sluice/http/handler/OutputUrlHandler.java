package dev.sluice.http.handler;

import dev.sluice.backend.job.MediaJobService;
import dev.sluice.backend.stream.OutputUrls;
import dev.sluice.backend.stream.SignedStream;
import dev.sluice.media.streaming.RelativeUri;
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
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Presigned URLs of the outputs of a job, and the URLs of its streams. */
public final class OutputUrlHandler {
    private static final String JOBS = "/api/video-processing/jobs/";

    private final MediaJobService jobs;
    private final OutputUrls urls;

    public OutputUrlHandler(MediaJobService jobs, OutputUrls urls) {
        this.jobs = jobs;
        this.urls = urls;
    }

    public Map<String, OperationHandler> handlers() {
        return Map.of("jobOutputs", this::outputs);
    }

    private Future<JsonObject> outputs(ApiRequest call) {
        return jobs.requireAccessibleJob(call.jobId(), call.caller()).compose(job -> {
            Instant now = Instant.now();
            return urls.streams().open(job, now).compose(stream -> withUrls(call, job, stream, now));
        });
    }

    private Future<JsonObject> withUrls(ApiRequest call, JobDetails job, Optional<SignedStream> stream, Instant now) {
        JsonArray poster = new JsonArray();
        JsonArray preview = new JsonArray();
        JsonArray index = new JsonArray();
        JsonArray sheets = new JsonArray();
        job.outputs().poster().ifPresent(poster::add);
        job.outputs().preview().ifPresent(preview::add);
        job.outputs().storyboard().ifPresent(storyboard -> {
            index.add(new JsonObject().put("s3_key", storyboard.getString("vtt_key")));
            sheets.addAll(storyboard.getJsonArray("sheets"));
        });
        JsonArray renditions = job.outputs()
                .streams()
                .map(streams -> streams.getJsonArray("renditions"))
                .orElseGet(JsonArray::new);
        List<Output> outputs = Stream.of(
                        of("scaled", "video/mp4", job.outputs().videoVersions()),
                        of("stream_rendition", "video/mp4", renditions),
                        of("thumbnail", "image/jpeg", job.outputs().thumbnails()),
                        of("poster", "image/jpeg", poster),
                        of("preview", "video/mp4", preview),
                        of("storyboard", "text/vtt", index),
                        of("storyboard_sheet", "image/jpeg", sheets))
                .flatMap(all -> all)
                .filter(output -> jobs.isOutput(job, output.key()))
                .toList();
        List<Output> textTracks = of("text", "text/vtt", job.outputs().textTracks())
                .filter(output -> jobs.isOutput(job, output.key()))
                .toList();
        Instant expiresAt = now.plus(urls.presigned().ttl());
        Function<ObjectKey, Optional<String>> signedUrl =
                key -> stream.flatMap(signed -> signed.referenceTo(key)).map(reference -> path(job, reference));
        return urls.presigned()
                .forDownload(
                        call.caller(),
                        Stream.concat(outputs.stream(), textTracks.stream())
                                .map(Output::key)
                                .toList())
                .map(presigned -> {
                    JsonObject json = new JsonObject()
                            .put("job_id", job.id().value())
                            .put("expires_at", expiresAt.toString())
                            .put("outputs", json(outputs, presigned, signedUrl));
                    if (!textTracks.isEmpty()) {
                        json.put(
                                "text_tracks",
                                json(textTracks, presigned.subList(outputs.size(), presigned.size()), signedUrl));
                    }
                    job.outputs()
                            .streams()
                            .map(streams -> withUrls(streams, signedUrl))
                            .or(() -> stream.flatMap(growing -> growing(job, growing)))
                            .ifPresent(streams -> json.put("streams", streams));
                    job.outputs()
                            .metadata()
                            .map(metadata -> metadata.getValue("loudness"))
                            .ifPresent(loudness -> json.put("loudness", loudness));
                    return json;
                });
    }

    private static JsonObject withUrls(JsonObject streams, Function<ObjectKey, Optional<String>> signedUrl) {
        JsonObject json = streams.copy();
        for (String format : List.of("hls", "dash")) {
            Optional.ofNullable(streams.getString(format + "_key"))
                    .flatMap(OutputUrlHandler::key)
                    .flatMap(signedUrl)
                    .ifPresent(url -> json.put(format + "_url", url));
        }
        return json;
    }

    private static Optional<JsonObject> growing(JobDetails job, SignedStream stream) {
        return stream.growingPlaylist()
                .map(key -> new JsonObject()
                        .put("hls_key", key.value())
                        .put("hls_url", path(job, stream.multivariantPlaylist()))
                        .put("state", "growing"));
    }

    private static String path(JobDetails job, String reference) {
        return JOBS + RelativeUri.encode(job.id().value()) + "/streams/" + reference;
    }

    private static JsonArray json(
            List<Output> outputs, List<URI> presigned, Function<ObjectKey, Optional<String>> signedUrl) {
        return new JsonArray(new ArrayList<>(IntStream.range(0, outputs.size())
                .mapToObj(index -> {
                    Output output = outputs.get(index);
                    JsonObject json = output.withUrl(presigned.get(index));
                    signedUrl.apply(output.key()).ifPresent(url -> json.put("signed_url", url));
                    return json;
                })
                .toList()));
    }

    /** Skips items without a valid key: another system may have written the list. */
    private static Stream<Output> of(String type, String mimeType, JsonArray items) {
        return items.stream()
                .filter(JsonObject.class::isInstance)
                .map(JsonObject.class::cast)
                .filter(item -> item.getValue("s3_key") instanceof String)
                .flatMap(item ->
                        key(item.getString("s3_key")).map(key -> new Output(type, mimeType, item, key)).stream());
    }

    private static Optional<ObjectKey> key(String text) {
        try {
            return Optional.of(new ObjectKey(text));
        } catch (IllegalArgumentException invalid) {
            return Optional.empty();
        }
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
                    "bandwidth",
                    "average_bandwidth",
                    "codecs",
                    "frame_rate",
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

package dev.sluice.http.handler;

import dev.sluice.backend.job.JobWebhookResolver;
import dev.sluice.backend.upload.DirectUploadService;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Uploads straight to the store. */
public final class DirectUploadHandler {
    private final DirectUploadService uploads;
    private final JobWebhookResolver webhookResolver;

    public DirectUploadHandler(DirectUploadService uploads, JobWebhookResolver webhookResolver) {
        this.uploads = uploads;
        this.webhookResolver = webhookResolver;
    }

    public Map<String, OperationHandler> handlers() {
        return Map.of("createDirectUpload", this::begin, "completeDirectUpload", this::complete);
    }

    private Future<JsonObject> begin(ApiRequest call) {
        JsonObject body = call.body();
        Optional<String> webhookUrl = Optional.ofNullable(body.getString(JobWebhookResolver.PARAMETER));
        return uploads.create(
                        call.caller(),
                        body.getString("filename", ""),
                        body.getLong("size"),
                        webhookResolver.resolve(webhookUrl))
                .map(begun -> new JsonObject()
                        .put("upload_id", begun.upload().id())
                        .put("media_id", begun.upload().target().mediaId())
                        .put("method", "PUT")
                        .put("part_size", begun.partSize())
                        .put(
                                "urls",
                                new JsonArray(new ArrayList<>(begun.links().stream()
                                        .map(URI::toString)
                                        .toList())))
                        .put("expires_at", begun.upload().expiresAt().toString()));
    }

    private Future<JsonObject> complete(ApiRequest call) {
        List<String> etags = call.body().getJsonArray("etags", new JsonArray()).stream()
                .map(String::valueOf)
                .toList();
        return uploads.complete(call.caller(), call.pathParameter("uploadId"), etags)
                .map(upload -> new JsonObject()
                        .put("success", true)
                        .put("media_id", upload.target().mediaId())
                        .put("job_id", upload.target().job().value()));
    }
}

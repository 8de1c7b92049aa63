package dev.sluice.http.handler;

import dev.sluice.backend.job.JobOptionsResolver;
import dev.sluice.backend.upload.DirectUploadService;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Uploads of clients to the object store. */
public final class DirectUploadHandler {
    private final DirectUploadService uploads;
    private final JobOptionsResolver optionsResolver;

    public DirectUploadHandler(DirectUploadService uploads, JobOptionsResolver optionsResolver) {
        this.uploads = uploads;
        this.optionsResolver = optionsResolver;
    }

    public Map<String, OperationHandler> handlers() {
        return Map.of("createDirectUpload", this::create, "completeDirectUpload", this::complete);
    }

    private Future<JsonObject> create(ApiRequest call) {
        JsonObject body = call.body();
        return uploads.create(
                        call.caller(),
                        body.getString("filename", ""),
                        body.getLong("size"),
                        optionsResolver.resolve(
                                Optional.ofNullable(body.getString(JobOptionsResolver.WEBHOOK)),
                                Optional.ofNullable(body.getString(JobOptionsResolver.PROFILE))))
                .map(created -> new JsonObject()
                        .put("upload_id", created.upload().id())
                        .put("media_id", created.upload().target().mediaId())
                        .put("method", "PUT")
                        .put("headers", new JsonObject(new HashMap<String, Object>(created.headers())))
                        .put("part_size", created.partSize())
                        .put(
                                "urls",
                                new JsonArray(new ArrayList<>(created.urls().stream()
                                        .map(URI::toString)
                                        .toList())))
                        .put("expires_at", created.upload().expiresAt().toString()));
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

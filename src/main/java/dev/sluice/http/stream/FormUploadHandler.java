package dev.sluice.http.stream;

import dev.sluice.backend.job.Caller;
import dev.sluice.backend.job.JobWebhookResolver;
import dev.sluice.backend.upload.FormUploadService;
import dev.sluice.http.handler.ApiRequest;
import dev.sluice.http.handler.JsonResponse;
import dev.sluice.http.problem.InvalidRequestException;
import dev.sluice.message.StagedJob;
import dev.sluice.webhook.WebhookUrl;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerFileUpload;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Optional;

/** Uploads as multipart/form-data. */
public final class FormUploadHandler {
    private static final String FIELD = "file";

    private static final int CREATED = 201;

    private final FormUploadService uploads;
    private final JobWebhookResolver webhookResolver;

    public FormUploadHandler(FormUploadService uploads, JobWebhookResolver webhookResolver) {
        this.uploads = uploads;
        this.webhookResolver = webhookResolver;
    }

    public Map<String, StreamingHandler> handlers() {
        return Map.of("uploadMedia", this::upload);
    }

    private Future<Void> upload(ApiRequest call, HttpServerRequest request) {
        Form form = new Form(call.caller(), webhookResolver.resolve(call.query(JobWebhookResolver.PARAMETER)));
        try {
            request.setExpectMultipart(true);
        } catch (IllegalStateException notAForm) {
            return Future.failedFuture(InvalidRequestException.of(
                    "Content-Type",
                    request.getHeader(HttpHeaders.CONTENT_TYPE),
                    "multipart/form-data with a boundary"));
        }
        request.uploadHandler(form::part);
        // Also called when the client disconnects.
        request.exceptionHandler(
                cause -> form.stored.tryFail(new InvalidRequestException("The form is invalid or truncated.")));
        request.endHandler(end -> form.ended());
        request.resume();
        return form.stored
                .future()
                .compose(job -> JsonResponse.send(request.response().setStatusCode(CREATED), created(job)));
    }

    private static JsonObject created(StagedJob job) {
        return new JsonObject()
                .put("success", true)
                .put("media_id", job.mediaId())
                .put("job_id", job.id().value());
    }

    /** The first file of the field is the video; other parts are discarded. */
    private final class Form {
        private final Caller caller;
        private final Optional<WebhookUrl> webhook;
        private final Promise<StagedJob> stored = Promise.promise();
        private boolean started;

        Form(Caller caller, Optional<WebhookUrl> webhook) {
            this.caller = caller;
            this.webhook = webhook;
        }

        void part(HttpServerFileUpload file) {
            if (started || !file.name().equals(FIELD)) {
                file.handler(discarded -> {});
                return;
            }
            started = true;
            file.pause();
            uploads.upload(caller, file.filename(), webhook, file)
                    // Clients read the response only after they have sent the form.
                    .onFailure(cause -> file.handler(discarded -> {}).resume())
                    .onComplete(stored);
        }

        void ended() {
            if (!started) {
                stored.tryFail(
                        new InvalidRequestException("The form must contain a file in the field '" + FIELD + "'."));
            }
        }
    }
}

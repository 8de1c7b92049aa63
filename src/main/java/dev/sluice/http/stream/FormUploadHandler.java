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
import io.vertx.core.http.HttpServerFileUpload;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Optional;

/** Videos in forms, as browsers send them. */
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
        return Map.of("uploadMedia", this::form);
    }

    private Future<Void> form(ApiRequest call, HttpServerRequest request) {
        Form form = new Form(call.caller(), webhookResolver.resolve(call.query(JobWebhookResolver.PARAMETER)));
        try {
            request.setExpectMultipart(true);
        } catch (IllegalStateException noForm) {
            return Future.failedFuture(new InvalidRequestException("The body has to be a form, multipart/form-data."));
        }
        request.uploadHandler(form::part);
        // By a connection that ends, too: then nobody hears the answer.
        request.exceptionHandler(cause ->
                form.stored.tryFail(new InvalidRequestException("The form cannot be read, or ends too early.")));
        request.endHandler(end -> form.ended());
        request.resume();
        return form.stored
                .future()
                .compose(job -> JsonResponse.send(request.response().setStatusCode(CREATED), made(job)));
    }

    private static JsonObject made(StagedJob job) {
        return new JsonObject()
                .put("success", true)
                .put("media_id", job.mediaId())
                .put("job_id", job.id().value());
    }

    /** The first file of the field is the video; what else comes is read and dropped. */
    private final class Form {
        private final Caller caller;
        private final Optional<WebhookUrl> webhook;
        private final Promise<StagedJob> stored = Promise.promise();
        private boolean begun;

        Form(Caller caller, Optional<WebhookUrl> webhook) {
            this.caller = caller;
            this.webhook = webhook;
        }

        void part(HttpServerFileUpload file) {
            if (begun || !file.name().equals(FIELD)) {
                file.handler(dropped -> {});
                return;
            }
            begun = true;
            file.pause();
            uploads.upload(caller, file.filename(), webhook, file)
                    // So that the rest of the form can be read, and the answer heard.
                    .onFailure(cause -> file.handler(dropped -> {}).resume())
                    .onComplete(stored);
        }

        void ended() {
            if (!begun) {
                stored.tryFail(new InvalidRequestException("The form has no file in the field '" + FIELD + "'."));
            }
        }
    }
}

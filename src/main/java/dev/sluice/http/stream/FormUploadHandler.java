package dev.sluice.http.stream;

import dev.sluice.backend.job.Caller;
import dev.sluice.backend.job.JobOptions;
import dev.sluice.backend.job.JobOptionsResolver;
import dev.sluice.backend.upload.FormUploadService;
import dev.sluice.config.BackendConfig;
import dev.sluice.http.handler.ApiRequest;
import dev.sluice.http.handler.JsonResponse;
import dev.sluice.http.problem.InvalidRequestException;
import dev.sluice.message.StagedJob;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerFileUpload;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Uploads as multipart/form-data. */
public final class FormUploadHandler {
    private static final String FIELD = "file";

    private static final int CREATED = 201;

    private final Vertx vertx;
    private final BackendConfig.UploadPace pace;
    private final FormUploadService uploads;
    private final JobOptionsResolver optionsResolver;

    /** @param pace of the request */
    public FormUploadHandler(
            Vertx vertx, BackendConfig.UploadPace pace, FormUploadService uploads, JobOptionsResolver optionsResolver) {
        this.vertx = vertx;
        this.pace = pace;
        this.uploads = uploads;
        this.optionsResolver = optionsResolver;
    }

    public Map<String, StreamingHandler> handlers() {
        return Map.of("uploadMedia", this::upload);
    }

    private Future<Void> upload(ApiRequest call, HttpServerRequest request) {
        Form form = new Form(
                call.caller(),
                optionsResolver.resolve(
                        call.query(JobOptionsResolver.WEBHOOK), call.query(JobOptionsResolver.PROFILE)));
        try {
            request.setExpectMultipart(true);
        } catch (RuntimeException notAForm) {
            // No form, no boundary, or an unknown charset: the decoder has an exception for each.
            return Future.failedFuture(InvalidRequestException.of(
                    "Content-Type",
                    request.getHeader(HttpHeaders.CONTENT_TYPE),
                    "multipart/form-data with a boundary"));
        }
        request.uploadHandler(form::part);
        // Also called when the client disconnects.
        request.exceptionHandler(cause -> form.fail(new InvalidRequestException("The form is invalid or truncated.")));
        request.endHandler(end -> form.ended());
        request.handler(form::received);
        form.pace.start(form::fail);
        request.resume();
        return form.stored
                .future()
                .onComplete(done -> form.pace.stop())
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
        private final JobOptions options;
        private final Promise<StagedJob> stored = Promise.promise();
        private final RequestPace pace = new RequestPace(vertx, FormUploadHandler.this.pace);
        private final FormFileName fileName = new FormFileName(FIELD);
        private @Nullable UploadStream video;
        private boolean storing;

        Form(Caller caller, JobOptions options) {
            this.caller = caller;
            this.options = options;
        }

        void part(HttpServerFileUpload file) {
            // What is discarded of a form that has failed may contain a file, too.
            if (video != null || stored.future().isComplete() || !file.name().equals(FIELD)) {
                file.handler(discarded -> {});
                return;
            }
            UploadStream data = new UploadStream(vertx, file.pause(), pace, counted -> {});
            video = data;
            // The raw data with the head of the part is received right after this.
            vertx.runOnContext(received -> store(file, data));
        }

        private void store(HttpServerFileUpload file, UploadStream data) {
            storing = true;
            uploads.upload(caller, fileName.found().orElse(file.filename()), options, data)
                    // Clients read the response only after they have sent the form.
                    .onComplete(done -> data.discard())
                    .onComplete(stored);
        }

        void received(Buffer data) {
            pace.received(data);
            if (!storing) {
                fileName.received(data);
            }
        }

        /** The request has ended: without a file, or with a file that may be incomplete. */
        void ended() {
            if (video == null) {
                stored.tryFail(
                        new InvalidRequestException("The form must contain a file in the field '" + FIELD + "'."));
            } else {
                video.requestEnded();
            }
        }

        /** Fails the upload; the response is sent when its data is deleted. */
        void fail(Throwable cause) {
            if (video == null) {
                stored.tryFail(cause);
            } else {
                video.fail(cause);
            }
        }
    }
}

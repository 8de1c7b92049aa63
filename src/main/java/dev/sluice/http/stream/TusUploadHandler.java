package dev.sluice.http.stream;

import dev.sluice.backend.job.JobOptionsResolver;
import dev.sluice.backend.upload.ChecksumVerifier;
import dev.sluice.backend.upload.ResumableUploadService;
import dev.sluice.backend.upload.UploadMetadata;
import dev.sluice.config.BackendConfig;
import dev.sluice.http.handler.ApiRequest;
import dev.sluice.http.problem.InvalidRequestException;
import dev.sluice.http.problem.Problem;
import dev.sluice.http.problem.ProblemCode;
import dev.sluice.persistence.upload.UploadRecord;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Resumable uploads with tus 1.0.0 (tus.io/protocols/resumable-upload) and its extensions creation, termination, checksum and
 * expiration.
 */
public final class TusUploadHandler {
    static final String VERSION_HEADER = "Tus-Resumable";
    static final String VERSION = "1.0.0";
    private static final String METADATA_HEADER = "Upload-Metadata";
    private static final String CONTENT_TYPE = "application/offset+octet-stream";
    /** The path of each upload begins with this. */
    public static final String PATH = "/api/video-processing/uploads/";

    private static final int CREATED = 201;
    private static final int NO_CONTENT = 204;

    private final Vertx vertx;
    private final BackendConfig.UploadPace pace;
    private final ResumableUploadService uploads;
    private final JobOptionsResolver optionsResolver;

    /** @param pace of requests with data */
    public TusUploadHandler(
            Vertx vertx,
            BackendConfig.UploadPace pace,
            ResumableUploadService uploads,
            JobOptionsResolver optionsResolver) {
        this.vertx = vertx;
        this.pace = pace;
        this.uploads = uploads;
        this.optionsResolver = optionsResolver;
    }

    public Map<String, StreamingHandler> handlers() {
        return Map.of(
                "uploadCapabilities", this::capabilities,
                "createUpload", (call, request) -> requireVersion(request).compose(version -> create(call, request)),
                "uploadOffset", (call, request) -> requireVersion(request).compose(version -> offset(call, request)),
                "appendUpload", (call, request) -> requireVersion(request).compose(version -> append(call, request)),
                "terminateUpload",
                        (call, request) -> requireVersion(request).compose(version -> terminate(call, request)));
    }

    private static Future<Void> requireVersion(HttpServerRequest request) {
        request.response().putHeader(VERSION_HEADER, VERSION);
        return VERSION.equals(request.getHeader(VERSION_HEADER))
                ? Future.succeededFuture()
                : Future.failedFuture(new Problem.ProblemException(ProblemCode.UNSUPPORTED_TUS_VERSION));
    }

    private Future<Void> capabilities(ApiRequest call, HttpServerRequest request) {
        return request.resume()
                .response()
                .putHeader(VERSION_HEADER, VERSION)
                .putHeader("Tus-Version", VERSION)
                .putHeader("Tus-Extension", "creation,termination,checksum,expiration")
                .putHeader("Tus-Max-Size", Long.toString(uploads.limits().maxBytes()))
                .putHeader("Tus-Checksum-Algorithm", String.join(",", ChecksumVerifier.algorithms()))
                .setStatusCode(NO_CONTENT)
                .end();
    }

    private Future<Void> create(ApiRequest call, HttpServerRequest request) {
        long bytes = byteCount(request, "Upload-Length");
        Optional<String> metadata = Optional.ofNullable(request.getHeader(METADATA_HEADER));
        return uploads.create(
                        call.caller(),
                        new ResumableUploadService.NewUpload(filename(metadata), bytes, metadata),
                        optionsResolver
                                .resolve(
                                        call.query(JobOptionsResolver.WEBHOOK),
                                        UploadMetadata.value(metadata, JobOptionsResolver.PROFILE))
                                .webhook())
                .compose(upload -> withUploadHeaders(request, upload)
                        .putHeader(HttpHeaders.LOCATION, PATH + upload.id())
                        .setStatusCode(CREATED)
                        .end());
    }

    private Future<Void> offset(ApiRequest call, HttpServerRequest request) {
        return uploads.findOrComplete(call.caller(), call.pathParameter("uploadId"))
                .compose(upload -> {
                    HttpServerResponse response = withUploadHeaders(request, upload)
                            .putHeader("Upload-Length", Long.toString(upload.totalBytes()))
                            .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
                    upload.metadata().ifPresent(declared -> response.putHeader(METADATA_HEADER, declared));
                    return response.end();
                });
    }

    private Future<Void> append(ApiRequest call, HttpServerRequest request) {
        if (!CONTENT_TYPE.equals(request.getHeader(HttpHeaders.CONTENT_TYPE))) {
            return Future.failedFuture(new Problem.ProblemException(ProblemCode.UNSUPPORTED_MEDIA_TYPE));
        }
        Optional<ChecksumVerifier> checksum =
                Optional.ofNullable(request.getHeader("Upload-Checksum")).map(TusUploadHandler::checksum);
        String id = call.pathParameter("uploadId");
        long offset = byteCount(request, "Upload-Offset");
        RequestPace requestPace = new RequestPace(vertx, pace);
        UploadStream data = new UploadStream(vertx, request, requestPace, requestPace::received);
        requestPace.start(data::fail);
        return uploads.append(call.caller(), id, offset, checksum, data)
                .onComplete(done -> requestPace.stop())
                .compose(upload -> withUploadHeaders(request, upload)
                        .setStatusCode(NO_CONTENT)
                        .end());
    }

    private Future<Void> terminate(ApiRequest call, HttpServerRequest request) {
        return uploads.terminate(call.caller(), call.pathParameter("uploadId"))
                .compose(deleted ->
                        request.resume().response().setStatusCode(NO_CONTENT).end());
    }

    /** The state of an upload; if all data was received, with its job and media item. */
    private static HttpServerResponse withUploadHeaders(HttpServerRequest request, UploadRecord upload) {
        request.resume();
        HttpServerResponse response = request.response()
                .putHeader(
                        "Upload-Offset",
                        Long.toString(
                                upload.completed()
                                        ? upload.totalBytes()
                                        : upload.multipart().receivedBytes()))
                .putHeader(
                        "Upload-Expires",
                        DateTimeFormatter.RFC_1123_DATE_TIME.format(
                                upload.expiresAt().atOffset(ZoneOffset.UTC)));
        if (upload.completed() || upload.multipart().receivedBytes() == upload.totalBytes()) {
            response.putHeader("Sluice-Job-Id", upload.target().job().value())
                    .putHeader("Sluice-Media-Id", upload.target().mediaId());
        }
        return response;
    }

    private static long byteCount(HttpServerRequest request, String header) {
        String value = request.getHeader(header);
        if (value == null || !value.matches("\\d{1,18}")) {
            throw InvalidRequestException.of("Header " + header, value, "a number of bytes");
        }
        return Long.parseLong(value);
    }

    private static ChecksumVerifier checksum(String header) {
        String[] parts = header.strip().split(" ", 2);
        try {
            return ChecksumVerifier.create(
                            parts[0].toLowerCase(Locale.ROOT),
                            Base64.getDecoder().decode(parts.length > 1 ? parts[1] : ""))
                    .orElseThrow(() -> InvalidRequestException.of(
                            "The algorithm in header Upload-Checksum",
                            parts[0],
                            "one of " + String.join(", ", ChecksumVerifier.algorithms())));
        } catch (IllegalArgumentException notBase64) {
            throw InvalidRequestException.of(
                    "Header Upload-Checksum", header, "an algorithm, a space and a digest in Base64");
        }
    }

    /** The value of {@code filename}, or of {@code name} as some clients send it. */
    private static String filename(Optional<String> metadata) {
        return UploadMetadata.value(metadata, "filename")
                .or(() -> UploadMetadata.value(metadata, "name"))
                .orElse("");
    }
}

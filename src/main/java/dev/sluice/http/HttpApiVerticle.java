package dev.sluice.http;

import dev.sluice.backend.admin.BacklogHistory;
import dev.sluice.backend.admin.HealthCheck;
import dev.sluice.backend.admin.ProcessStatus;
import dev.sluice.backend.update.UpdateFeed;
import dev.sluice.backend.update.UpdateFeedSubscriber;
import dev.sluice.broker.QueueInspector;
import dev.sluice.config.BackendConfig;
import dev.sluice.config.RabbitMqConfig;
import dev.sluice.http.handler.DeadLetterHandler;
import dev.sluice.http.handler.DirectUploadHandler;
import dev.sluice.http.handler.EventTicketHandler;
import dev.sluice.http.handler.FleetHandler;
import dev.sluice.http.handler.HealthHandler;
import dev.sluice.http.handler.JobHandler;
import dev.sluice.http.handler.OperationHandler;
import dev.sluice.http.handler.OutputUrlHandler;
import dev.sluice.http.handler.SystemStatusHandler;
import dev.sluice.http.handler.WebhookSecretHandler;
import dev.sluice.http.security.ConnectionLimiter;
import dev.sluice.http.stream.EventStreamHandler;
import dev.sluice.http.stream.FormUploadHandler;
import dev.sluice.http.stream.SignedStreamHandler;
import dev.sluice.http.stream.StreamMetrics;
import dev.sluice.http.stream.StreamingHandler;
import dev.sluice.http.stream.TusUploadHandler;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.net.BindException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves the HTTP API described by {@code http/openapi.json}, and the web UI. */
public final class HttpApiVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(HttpApiVerticle.class);
    private static final int IDLE_TIMEOUT_SECONDS = 60;
    private static final Duration UPLOAD_CLEANUP_INTERVAL = Duration.ofSeconds(20);

    private final BackendConfig config;
    private final RabbitMqConfig broker;
    private final ApiServices services;
    private final StreamMetrics streamMetrics;
    private final UpdateFeed feed = new UpdateFeed();
    private long cleanupTimer = -1;
    private long sampleTimer = -1;
    private @Nullable HttpServer server;
    private @Nullable UpdateFeedSubscriber subscriber;

    public HttpApiVerticle(
            BackendConfig config, RabbitMqConfig broker, ApiServices services, StreamMetrics streamMetrics) {
        this.config = config;
        this.broker = broker;
        this.services = services;
        this.streamMetrics = streamMetrics;
    }

    @Override
    public Future<?> start() {
        return OpenApiDocument.read(vertx)
                .compose(file -> file.toRouterContract(vertx).compose(contract -> {
                    ApiRouter api = new ApiRouter(vertx, config, services.tickets()::redeem);
                    Router router = api.build(contract, registry(file.json()));
                    return subscribe().compose(subscribed -> listen(router, api.connections()));
                }))
                .onSuccess(started -> {
                    sampleTimer = vertx.setPeriodic(0, BacklogHistory.INTERVAL.toMillis(), due -> sampleBacklog());
                    cleanupTimer = vertx.setPeriodic(UPLOAD_CLEANUP_INTERVAL.toMillis(), due -> deleteExpiredUploads());
                })
                .recover(
                        cause -> Future.<HttpServer>future(closed -> stop().onComplete(stopped -> closed.fail(cause))));
    }

    private void sampleBacklog() {
        // Never fails.
        var unused = services.admin().backlog().sample();
    }

    /** Before the server listens: the first client must not miss updates. */
    private Future<Void> subscribe() {
        subscriber = new UpdateFeedSubscriber(vertx, broker, services.queries(), feed);
        return subscriber.start();
    }

    /** Runs on every host; each expired upload is deleted by one of them. */
    private void deleteExpiredUploads() {
        services.resumable()
                .deleteExpired()
                .onSuccess(count -> {
                    if (count > 0) {
                        LOG.atInfo().addKeyValue("uploads", count).log("expired uploads deleted");
                    }
                })
                .onFailure(cause -> LOG.atWarn()
                        .addKeyValue("error", String.valueOf(cause.getMessage()))
                        .log("deleting expired uploads failed; retrying"));
    }

    @Override
    public Future<?> stop() {
        vertx.cancelTimer(cleanupTimer);
        vertx.cancelTimer(sampleTimer);
        Future<Void> unsubscribed = subscriber == null ? Future.succeededFuture() : subscriber.stop();
        Future<Void> closed = server == null ? Future.succeededFuture() : server.close();
        return Future.join(unsubscribed, closed);
    }

    private Future<HttpServer> listen(Router router, ConnectionLimiter connections) {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(config.host())
                .setPort(config.port())
                .setIdleTimeout(IDLE_TIMEOUT_SECONDS)
                // The body of an upgrade request would be buffered without a limit.
                .setHttp2ClearTextEnabled(false);
        return vertx.createHttpServer(options)
                .connectionHandler(connections::accept)
                .exceptionHandler(cause -> LOG.atDebug()
                        .addKeyValue("error", String.valueOf(cause))
                        .log("connection failed"))
                .requestHandler(withWebUi(router))
                .listen()
                .onSuccess(listening -> {
                    server = listening;
                    logStarted(listening);
                })
                .recover(cause -> Future.failedFuture(new IllegalStateException(
                        "The HTTP API cannot listen on " + config.host() + ":" + config.port() + ": "
                                + (cause instanceof BindException
                                        ? "the port is in use, or the address is not one of this host. Stop the other"
                                                + " process, or choose another address with --port and --host"
                                                + " (backend.port, backend.host)."
                                        : cause.getMessage()),
                        cause)));
    }

    private Router withWebUi(Router router) {
        if (config.webUi()) {
            new WebUi(services.urls().presigned().origin()).mount(router);
        }
        return router;
    }

    private void logStarted(HttpServer listening) {
        LOG.atInfo()
                .addKeyValue("host", config.host())
                .addKeyValue("port", listening.actualPort())
                .log("HTTP API listening");
        if (config.auth() == BackendConfig.Auth.NONE) {
            LOG.atWarn()
                    .addKeyValue("host", config.host())
                    .log("authentication disabled: every client of this address has full access");
        }
    }

    private OperationRegistry registry(JsonObject contract) {
        QueueInspector queueInspector = new QueueInspector(vertx, broker);
        ProcessStatus status = new ProcessStatus(
                new HealthCheck(services.queries(), services.store(), queueInspector), services.process());
        Map<String, OperationHandler> buffered = new HashMap<>();
        buffered.putAll(
                new JobHandler(services.media(), services.optionsResolver(), services.queries(), services.control())
                        .handlers());
        buffered.putAll(new DirectUploadHandler(services.direct(), services.optionsResolver()).handlers());
        buffered.putAll(new OutputUrlHandler(services.media(), services.urls()).handlers());
        buffered.putAll(new DeadLetterHandler(services.admin().deadLetters()).handlers());
        buffered.putAll(new SystemStatusHandler(queueInspector).handlers());
        buffered.putAll(
                new FleetHandler(services.admin().fleet(), services.admin().backlog(), services.queries()).handlers());
        buffered.putAll(new EventTicketHandler(services.tickets()).handlers());
        buffered.putAll(new WebhookSecretHandler(services.optionsResolver()).handlers());
        buffered.putAll(new HealthHandler(status, contract).handlers());
        Map<String, StreamingHandler> streaming = new HashMap<>();
        streaming.putAll(new FormUploadHandler(
                        vertx, config.limits().uploadPace(), services.uploads(), services.optionsResolver())
                .handlers());
        streaming.putAll(new TusUploadHandler(
                        vertx, config.limits().uploadPace(), services.resumable(), services.optionsResolver())
                .handlers());
        streaming.putAll(new EventStreamHandler(
                        vertx, feed, services.media(), config.quotas().maxEventStreams(), streamMetrics)
                .handlers());
        streaming.putAll(new SignedStreamHandler(services.urls().streams()).handlers());
        return new OperationRegistry(buffered, streaming);
    }
}

package dev.sluice.http;

import dev.sluice.backend.admin.HealthCheck;
import dev.sluice.backend.update.UpdateFeed;
import dev.sluice.backend.update.UpdateFeedSubscriber;
import dev.sluice.broker.QueueInspector;
import dev.sluice.config.BackendConfig;
import dev.sluice.config.RabbitMqConfig;
import dev.sluice.http.handler.DeadLetterHandler;
import dev.sluice.http.handler.DirectUploadHandler;
import dev.sluice.http.handler.HealthHandler;
import dev.sluice.http.handler.JobHandler;
import dev.sluice.http.handler.OperationHandler;
import dev.sluice.http.handler.OutputUrlHandler;
import dev.sluice.http.handler.SystemStatusHandler;
import dev.sluice.http.stream.EventStreamHandler;
import dev.sluice.http.stream.FormUploadHandler;
import dev.sluice.http.stream.StreamingHandler;
import dev.sluice.http.stream.TusUploadHandler;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens for HTTP and answers as the contract says, {@code http/openapi.json}. */
public final class HttpApiVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(HttpApiVerticle.class);
    private static final int IDLE_SECONDS = 60;
    private static final Duration UPLOAD_CLEANUP_INTERVAL = Duration.ofSeconds(20);

    private final BackendConfig config;
    private final RabbitMqConfig broker;
    private final ApiServices services;
    private final UpdateFeed feed = new UpdateFeed();
    private long sweeper = -1;
    private @Nullable HttpServer server;
    private @Nullable UpdateFeedSubscriber subscriber;

    public HttpApiVerticle(BackendConfig config, RabbitMqConfig broker, ApiServices services) {
        this.config = config;
        this.broker = broker;
        this.services = services;
    }

    @Override
    public Future<?> start() {
        return OpenApiDocument.read(vertx)
                .compose(file -> file.toRouterContract(vertx)
                        .map(contract -> new ApiRouter(vertx, config).build(contract, answers(file.json()))))
                .compose(this::listen)
                .onSuccess(listening -> {
                    subscriber = new UpdateFeedSubscriber(vertx, broker, services.queries(), feed);
                    subscriber.start();
                    sweeper = vertx.setPeriodic(UPLOAD_CLEANUP_INTERVAL.toMillis(), tick -> sweep());
                });
    }

    /** Any host may: what one takes back the others do not find any more. */
    private void sweep() {
        services.resumable()
                .deleteExpired()
                .onSuccess(gone -> {
                    if (gone > 0) {
                        LOG.atInfo().addKeyValue("uploads", gone).log("expired uploads taken back");
                    }
                })
                .onFailure(cause -> LOG.atWarn()
                        .addKeyValue("error", String.valueOf(cause.getMessage()))
                        .log("expired uploads could not be taken back, will try again"));
    }

    @Override
    public Future<?> stop() {
        vertx.cancelTimer(sweeper);
        Future<Void> deaf = subscriber == null ? Future.succeededFuture() : subscriber.stop();
        Future<Void> closed = server == null ? Future.succeededFuture() : server.close();
        return Future.join(deaf, closed);
    }

    private Future<HttpServer> listen(Router router) {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(config.host())
                .setPort(config.port())
                .setIdleTimeout(IDLE_SECONDS)
                // The body of a request that asks for an upgrade is not held back: 2 GiB of it were too much for
                // memory.
                .setHttp2ClearTextEnabled(false);
        return vertx.createHttpServer(options)
                .requestHandler(withPage(router))
                .listen()
                .onSuccess(listening -> {
                    server = listening;
                    tell(listening);
                })
                .recover(cause -> Future.failedFuture(new IllegalStateException(
                        "The backend cannot listen on " + config.host() + ":" + config.port() + ": "
                                + cause.getMessage(),
                        cause)));
    }

    private Router withPage(Router router) {
        if (config.webUi()) {
            new WebUi(services.presignedUrls().origin()).mount(router);
        }
        return router;
    }

    private void tell(HttpServer listening) {
        LOG.atInfo()
                .addKeyValue("host", config.host())
                .addKeyValue("port", listening.actualPort())
                .log("backend listens");
        if (config.auth() == BackendConfig.Auth.NONE) {
            LOG.atWarn()
                    .addKeyValue("host", config.host())
                    .log("the backend asks nobody who he is: whoever reaches this address may do everything");
        }
    }

    private OperationRegistry answers(JsonObject contract) {
        QueueInspector queueInspector = new QueueInspector(vertx, broker);
        HealthCheck health = new HealthCheck(services.queries(), services.store(), queueInspector);
        Map<String, OperationHandler> whole = new HashMap<>();
        whole.putAll(new JobHandler(services.media(), services.queries(), services.control()).handlers());
        whole.putAll(new DirectUploadHandler(services.direct(), services.webhookResolver()).handlers());
        whole.putAll(
                new OutputUrlHandler(services.media(), services.presignedUrls(), config.presignedUrlTtl()).handlers());
        whole.putAll(new DeadLetterHandler(services.deadLetters()).handlers());
        whole.putAll(new SystemStatusHandler(queueInspector, services.queries()).handlers());
        whole.putAll(new HealthHandler(health, services.identity(), contract).handlers());
        Map<String, StreamingHandler> streamed = new HashMap<>();
        streamed.putAll(new FormUploadHandler(services.uploads(), services.webhookResolver()).handlers());
        streamed.putAll(new TusUploadHandler(services.resumable(), services.webhookResolver()).handlers());
        streamed.putAll(new EventStreamHandler(vertx, feed, services.media()).handlers());
        return new OperationRegistry(whole, streamed);
    }
}

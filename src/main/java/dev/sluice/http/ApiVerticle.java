package dev.sluice.http;

import dev.sluice.backend.DeadLetters;
import dev.sluice.backend.Health;
import dev.sluice.backend.Identity;
import dev.sluice.backend.JobControl;
import dev.sluice.backend.MediaJobs;
import dev.sluice.blob.Blobs;
import dev.sluice.broker.QueueDepth;
import dev.sluice.config.BackendConfig;
import dev.sluice.config.RabbitMqConfig;
import dev.sluice.store.JobRecords;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens for HTTP and answers as the contract says, {@code http/openapi.json}. */
public final class ApiVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(ApiVerticle.class);
    private static final int IDLE_SECONDS = 60;

    private final BackendConfig config;
    private final RabbitMqConfig broker;
    private final MediaJobs media;
    private final JobRecords records;
    private final JobControl control;
    private final DeadLetters letters;
    private final Blobs store;
    private final Identity identity;
    private @Nullable HttpServer server;

    public ApiVerticle(
            BackendConfig config,
            RabbitMqConfig broker,
            MediaJobs media,
            JobRecords records,
            JobControl control,
            DeadLetters letters,
            Blobs store,
            Identity identity) {
        this.config = config;
        this.broker = broker;
        this.media = media;
        this.records = records;
        this.control = control;
        this.letters = letters;
        this.store = store;
        this.identity = identity;
    }

    @Override
    public Future<?> start() {
        return ContractFile.read(vertx)
                .compose(file -> file.forRouter(vertx)
                        .map(contract -> new ApiRouter(vertx, config).build(contract, operations(file.json()))))
                .compose(this::listen);
    }

    @Override
    public Future<?> stop() {
        HttpServer listening = server;
        return listening == null ? Future.succeededFuture() : listening.close();
    }

    private Future<HttpServer> listen(Router router) {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(config.host())
                .setPort(config.port())
                .setIdleTimeout(IDLE_SECONDS);
        return vertx.createHttpServer(options)
                .requestHandler(router)
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

    private Map<String, Operation> operations(JsonObject contract) {
        QueueDepth depth = new QueueDepth(vertx, broker);
        Map<String, Operation> all = new HashMap<>();
        all.putAll(new JobOperations(media, records, control).operations());
        all.putAll(new DeadLetterOperations(letters).operations());
        all.putAll(new OperatorOperations(depth, records).operations());
        all.putAll(new MonitoringOperations(new Health(records, store, depth), identity, contract).operations());
        return Map.copyOf(all);
    }
}

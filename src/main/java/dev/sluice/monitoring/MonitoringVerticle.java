package dev.sluice.monitoring;

import dev.sluice.backend.admin.ProcessStatus;
import dev.sluice.config.SluiceConfig.MonitoringConfig;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.net.BindException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves metrics, health and version of this process, with or without the HTTP API. Needs no token. A port in use does not
 * stop the process: the next ports are tried, and without a free one the process runs without the endpoint.
 */
public final class MonitoringVerticle extends VerticleBase {
    /** Ports that are tried: processes of one host with the same configuration. */
    static final int PORTS = 10;

    private static final Logger LOG = LoggerFactory.getLogger(MonitoringVerticle.class);
    private static final int IDLE_TIMEOUT_SECONDS = 60;
    private static final int SAMPLE_MILLIS = 1000;
    private static final int MAX_PORT = 65_535;
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
    private static final String JSON = "application/json";
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int METHOD_NOT_ALLOWED = 405;
    private static final int INTERNAL_ERROR = 500;
    private static final int UNAVAILABLE = 503;

    private final MonitoringConfig config;
    private final ProcessMetrics metrics;
    private final BacklogMetrics backlog;
    private final ProcessStatus status;
    private Future<String> latestScrape = Future.failedFuture("not scraped");
    private long sampling = -1;
    private @Nullable HttpServer server;

    public MonitoringVerticle(
            MonitoringConfig config, ProcessMetrics metrics, BacklogMetrics backlog, ProcessStatus status) {
        this.config = config;
        this.metrics = metrics;
        this.backlog = backlog;
        this.status = status;
    }

    @Override
    public Future<?> start() {
        EventLoopMetrics loops = new EventLoopMetrics(metrics.registry());
        sampling = vertx.setPeriodic(SAMPLE_MILLIS, due -> loops.sample(vertx));
        return vertx.executeBlocking(() -> isLocal(config.host()), false)
                .recover(unknown -> Future.succeededFuture(false))
                .compose(local -> local
                        ? listen(config.port())
                        : Future.failedFuture(new IllegalStateException(
                                "monitoring.host: " + config.host() + " is not an address of this host.")));
    }

    @Override
    public Future<?> stop() {
        vertx.cancelTimer(sampling);
        return server == null ? Future.succeededFuture() : server.close();
    }

    /** An address of another host is an error of the configuration, unlike a port in use. */
    private static boolean isLocal(String host) throws Exception {
        InetAddress address = InetAddress.getByName(host);
        return address.isAnyLocalAddress() || NetworkInterface.getByInetAddress(address) != null;
    }

    private Future<Void> listen(int port) {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(config.host())
                .setPort(port)
                .setIdleTimeout(IDLE_TIMEOUT_SECONDS)
                // The body of an upgrade request would be buffered without a limit.
                .setHttp2ClearTextEnabled(false);
        return vertx.createHttpServer(options)
                .exceptionHandler(cause -> LOG.atDebug()
                        .addKeyValue("error", String.valueOf(cause))
                        .log("connection failed"))
                .requestHandler(this::handle)
                .listen()
                .onSuccess(this::logStarted)
                .<Void>mapEmpty()
                .recover(cause -> isLast(port) || !(cause instanceof BindException)
                        ? runWithoutEndpoint(cause)
                        : listen(port + 1));
    }

    private boolean isLast(int port) {
        return port == 0 || port == MAX_PORT || port == config.port() + PORTS - 1;
    }

    private Future<Void> runWithoutEndpoint(Throwable cause) {
        LOG.atWarn()
                .addKeyValue("host", config.host())
                .addKeyValue("port", config.port())
                .addKeyValue("error", cause.getMessage())
                .log("monitoring endpoint unavailable; running without it");
        return Future.succeededFuture();
    }

    private void logStarted(HttpServer listening) {
        server = listening;
        LOG.atInfo()
                .addKeyValue("host", config.host())
                .addKeyValue("port", listening.actualPort())
                .log("monitoring endpoint listening");
    }

    private void handle(HttpServerRequest request) {
        if (!HttpMethod.GET.equals(request.method())) {
            request.response().putHeader("Allow", "GET");
            respond(request, METHOD_NOT_ALLOWED, new JsonObject().put("status", METHOD_NOT_ALLOWED));
            return;
        }
        switch (request.path()) {
            case "/metrics" -> respond(request, scrape());
            case "/health/live" -> respond(request, OK, ProcessStatus.up());
            case "/health/ready" ->
                status.isReady()
                        .onSuccess(ready -> respond(
                                request,
                                ready ? OK : UNAVAILABLE,
                                new JsonObject().put("status", ready ? "up" : "down")))
                        .onFailure(cause -> fail(request, cause));
            case "/health" ->
                status.health()
                        .onSuccess(report -> respond(request, OK, report))
                        .onFailure(cause -> fail(request, cause));
            case "/info" -> respond(request, OK, status.info());
            default -> respond(request, NOT_FOUND, new JsonObject().put("status", NOT_FOUND));
        }
    }

    /** Concurrent requests share one scrape. */
    private Future<String> scrape() {
        if (latestScrape.isComplete()) {
            latestScrape = backlog.refresh().compose(read -> vertx.executeBlocking(metrics::scrape, false));
        }
        return latestScrape;
    }

    private static void respond(HttpServerRequest request, Future<String> scraped) {
        scraped.onSuccess(text -> respond(request, OK, PROMETHEUS, text)).onFailure(cause -> fail(request, cause));
    }

    private static void fail(HttpServerRequest request, Throwable cause) {
        LOG.atWarn()
                .addKeyValue("path", request.path())
                .addKeyValue("error", String.valueOf(cause))
                .log("monitoring request failed");
        respond(request, INTERNAL_ERROR, new JsonObject().put("status", INTERNAL_ERROR));
    }

    private static void respond(HttpServerRequest request, int code, JsonObject body) {
        respond(request, code, JSON, body.encode());
    }

    private static void respond(HttpServerRequest request, int code, String type, String body) {
        request.response()
                .setStatusCode(code)
                .putHeader("Content-Type", type)
                .putHeader("Cache-Control", "no-store")
                .end(body)
                .onFailure(cause -> LOG.atDebug()
                        .addKeyValue("error", String.valueOf(cause))
                        .log("monitoring response not sent"));
    }
}

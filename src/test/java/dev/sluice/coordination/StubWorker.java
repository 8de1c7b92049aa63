package dev.sluice.coordination;

import dev.sluice.blob.Blobs;
import dev.sluice.blob.FakeBlobs;
import dev.sluice.blob.KeyTemplates;
import dev.sluice.blob.Staging;
import dev.sluice.blob.Workspace;
import dev.sluice.broker.Topology;
import dev.sluice.config.MediaConfig;
import dev.sluice.config.SluiceConfig;
import dev.sluice.job.Milestones;
import dev.sluice.job.StageName;
import dev.sluice.stage.Leases;
import dev.sluice.stage.Leftovers;
import dev.sluice.stage.Outgoing;
import dev.sluice.stage.RecoveryVerticle;
import dev.sluice.stage.Route;
import dev.sluice.stage.StageMonitor;
import dev.sluice.stage.StageTools;
import dev.sluice.stage.StageVerticle;
import dev.sluice.store.Database;
import dev.sluice.store.HalfResults;
import dev.sluice.store.LostMessages;
import dev.sluice.store.Outbox;
import dev.sluice.store.PendingRows;
import dev.sluice.store.Remains;
import dev.sluice.store.Runs;
import dev.sluice.store.UserTables;
import dev.sluice.update.PublisherVerticle;
import dev.sluice.update.UpdateBus;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * A worker with the verticles of the pipeline and stages that only copy. Puts its stages up and takes them down as the lines of
 * its input say ({@code up}, {@code down}), answers each with the same line, and ends with its input.
 */
final class StubWorker {
    private final Vertx vertx;
    private final SluiceConfig config;
    private final StageTools tools;
    private final List<Route> routes;
    private final List<String> stages = new ArrayList<>();

    private StubWorker(Vertx vertx, SluiceConfig config, StageTools tools, List<Route> routes) {
        this.vertx = vertx;
        this.config = config;
        this.tools = tools;
        this.routes = routes;
    }

    public static void main(String[] args) throws IOException, TimeoutException {
        SluiceConfig config = SluiceConfig.load(Path.of(args[0]), Map.of());
        Vertx vertx = Vertx.vertx();
        StubWorker worker = get(open(vertx, config));
        try (BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String order = orders.readLine(); order != null; order = orders.readLine()) {
                get(order.equals("up") ? worker.up() : worker.down());
                System.out.println(order);
            }
        }
        System.exit(0);
    }

    private static Future<StubWorker> open(Vertx vertx, SluiceConfig config) throws IOException {
        Files.createDirectories(config.workspace().directory());
        Path sample = Files.write(config.workspace().directory().resolve("sample.mp4"), new byte[4096]);
        return Workspace.open(vertx, config.workspace())
                .compose(workspace -> Database.open(vertx, config.postgres())
                        .compose(database -> UserTables.open(database, config.postgres())
                                .compose(tables -> assemble(vertx, config, workspace, database, tables, sample))));
    }

    private static Future<StubWorker> assemble(
            Vertx vertx, SluiceConfig config, Workspace workspace, Database database, UserTables tables, Path sample) {
        Runs runs = new Runs(database, tables, UpdateBus::inOutbox);
        Blobs blobs = new FakeBlobs(vertx);
        Staging staging = new Staging(blobs, config.keys().staging());
        KeyTemplates keys = new KeyTemplates(
                config.keys(),
                config.media().ladder().stream().map(MediaConfig.Rung::quality).toList());
        StageTools tools = new StageTools(
                runs,
                new Outbox(database),
                new Leases(vertx, runs, config.delivery()),
                workspace,
                new Leftovers(
                        workspace, blobs, staging, keys, new Remains(database), new HalfResults(database, tables)),
                new UpdateBus(vertx),
                config.delivery(),
                "stub",
                StageMonitor.open("stub"),
                Milestones.UNWATCHED);
        List<Route> routes = List.of(
                route(StageName.DOWNLOAD, Optional.of(StageName.PROCESSING), vertx, config, workspace, sample),
                route(StageName.PROCESSING, Optional.of(StageName.UPLOAD), vertx, config, workspace, sample),
                route(StageName.UPLOAD, Optional.empty(), vertx, config, workspace, sample));
        PublisherVerticle publisher =
                new PublisherVerticle(config.rabbitmq(), config.updates(), tools.outbox(), runs, tools.milestones());
        RecoveryVerticle recovery = new RecoveryVerticle(
                new LostMessages(database, Outgoing::lost),
                new PendingRows(database, tables, job -> Outgoing.toStage(StageName.DOWNLOAD, job)),
                routes.stream().collect(Collectors.toUnmodifiableMap(Route::name, Route::queue)),
                config.rabbitmq(),
                config.delivery(),
                tools.updates());
        return vertx.deployVerticle(publisher)
                .compose(up -> vertx.deployVerticle(recovery))
                .map(up -> new StubWorker(vertx, config, tools, routes));
    }

    private static Route route(
            StageName stage,
            Optional<StageName> next,
            Vertx vertx,
            SluiceConfig config,
            Workspace workspace,
            Path sample) {
        return new Route(
                new StubStage(stage, vertx, workspace, sample),
                switch (stage) {
                    case DOWNLOAD -> Topology.DOWNLOAD_QUEUE;
                    case PROCESSING -> Topology.PROCESSING_QUEUE;
                    case UPLOAD -> Topology.UPLOAD_QUEUE;
                },
                next,
                config.stage(stage).retries());
    }

    private Future<Void> up() {
        return Future.join(routes.stream()
                        .map(route -> vertx.deployVerticle(new StageVerticle(
                                        route, config.stage(route.name()).concurrency(), config.rabbitmq(), tools))
                                .onSuccess(stages::add))
                        .toList())
                .mapEmpty();
    }

    private Future<Void> down() {
        List<String> deployed = List.copyOf(stages);
        stages.clear();
        return Future.join(deployed.stream().map(vertx::undeploy).toList()).mapEmpty();
    }

    private static <T> T get(Future<T> future) throws TimeoutException {
        return future.await(60, TimeUnit.SECONDS);
    }
}

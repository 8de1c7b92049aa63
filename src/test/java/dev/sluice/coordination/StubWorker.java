package dev.sluice.coordination;

import dev.sluice.broker.TestBroker;
import dev.sluice.common.tracing.Tracer;
import dev.sluice.config.MediaConfig;
import dev.sluice.config.SluiceConfig;
import dev.sluice.job.DeliveryStepListener;
import dev.sluice.job.StageName;
import dev.sluice.objectstore.InMemoryObjectStore;
import dev.sluice.objectstore.ObjectStore;
import dev.sluice.objectstore.OutputKeys;
import dev.sluice.objectstore.StagingArea;
import dev.sluice.persistence.TestDatabase;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.growing.GrowingStreamRepository;
import dev.sluice.persistence.progress.ProgressRepository;
import dev.sluice.persistence.recovery.FinalRowRepository;
import dev.sluice.persistence.recovery.LostMessageRepository;
import dev.sluice.persistence.recovery.PartialOutputRepository;
import dev.sluice.persistence.recovery.PendingJobRepository;
import dev.sluice.persistence.recovery.StaleArtifactRepository;
import dev.sluice.persistence.run.RunStore;
import dev.sluice.persistence.usertable.UserTables;
import dev.sluice.persistence.worker.WorkerRepository;
import dev.sluice.pipeline.StageVerticle;
import dev.sluice.pipeline.growing.GrowingStreamCleanup;
import dev.sluice.pipeline.health.StageHealthRegistry;
import dev.sluice.pipeline.maintenance.FinalRowCheck;
import dev.sluice.pipeline.maintenance.JobCleanup;
import dev.sluice.pipeline.maintenance.PartialOutputCleanup;
import dev.sluice.pipeline.maintenance.RecoveryVerticle;
import dev.sluice.pipeline.metrics.RunMetricsRegistry;
import dev.sluice.pipeline.run.RunServices;
import dev.sluice.pipeline.run.StageRoute;
import dev.sluice.publisher.PublisherVerticle;
import dev.sluice.routing.StageMessages;
import dev.sluice.routing.UpdateMessages;
import dev.sluice.stage.Stage;
import dev.sluice.workspace.Workspace;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A worker with the verticles of the pipeline and stages that only copy. Deploys and undeploys its stages on the input lines
 * {@code up} and {@code down}, answers each with the same line, and ends at the end of the input.
 */
final class StubWorker {
    private final Vertx vertx;
    private final SluiceConfig config;
    private final RunServices services;
    private final Database database;
    private final List<StageRoute> routes;
    private final List<String> others;
    private final List<String> stages = new ArrayList<>();

    private StubWorker(
            Vertx vertx,
            SluiceConfig config,
            RunServices services,
            Database database,
            List<StageRoute> routes,
            List<String> others) {
        this.vertx = vertx;
        this.config = config;
        this.services = services;
        this.database = database;
        this.routes = routes;
        this.others = others;
    }

    /** A configuration file without the section {@code stages}. */
    static JsonObject settings(TestBroker broker, TestDatabase database, int poolSize, Path workspace) {
        return new JsonObject()
                .put("rabbitmq", broker.settings())
                .put("postgres", database.settings().put("poolSize", poolSize))
                .put("s3", new JsonObject().put("bucket", "media"))
                .put("workspace", new JsonObject().put("directory", workspace.toString()));
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
                .compose(workspace -> open(
                        vertx, config, "stub", workspace, stage -> new StubStage(stage, vertx, workspace, sample)));
    }

    /** Opens a worker with these stages. */
    static Future<StubWorker> open(
            Vertx vertx, SluiceConfig config, String name, Workspace workspace, Function<StageName, Stage> stages) {
        return Database.open(vertx, config.postgres())
                .compose(database -> UserTables.open(database, config.postgres())
                        .compose(tables -> assemble(vertx, config, name, workspace, database, tables, stages)));
    }

    private static Future<StubWorker> assemble(
            Vertx vertx,
            SluiceConfig config,
            String name,
            Workspace workspace,
            Database database,
            UserTables tables,
            Function<StageName, Stage> stages) {
        ObjectStore objectStore = new InMemoryObjectStore(vertx);
        StagingArea staging = new StagingArea(objectStore, config.keys().staging());
        OutputKeys keys = new OutputKeys(
                config.keys(),
                config.media().ladder().stream().map(MediaConfig.Rung::quality).toList());
        JobCleanup jobCleanup = new JobCleanup(
                workspace,
                staging,
                new StaleArtifactRepository(database),
                new PartialOutputCleanup(objectStore, keys, new PartialOutputRepository(database, tables)),
                new GrowingStreamCleanup(
                        new GrowingStreamRepository(database, UpdateMessages::toOutbox),
                        objectStore,
                        keys,
                        Duration.ZERO));
        RunMetricsRegistry metrics = RunMetricsRegistry.register(name, new SimpleMeterRegistry());
        RunServices services = RunServices.create(
                vertx,
                RunStore.of(database, tables, UpdateMessages::toOutbox),
                jobCleanup,
                config.delivery(),
                Tracer.NONE,
                metrics,
                new StageHealthRegistry(vertx, new WorkerRepository(database), metrics, config.delivery()),
                DeliveryStepListener.NOOP);
        List<StageRoute> routes = Stream.of(StageName.values())
                .map(stage -> route(stages.apply(stage), config))
                .toList();
        PublisherVerticle publisher = new PublisherVerticle(
                config.rabbitmq(),
                config.updates(),
                services.runs().outbox(),
                new ProgressRepository(database),
                services.steps());
        RecoveryVerticle recovery = new RecoveryVerticle(
                new LostMessageRepository(database, StageMessages::resend),
                new PendingJobRepository(database, tables, job -> StageMessages.toStage(StageName.DOWNLOAD, job)),
                new FinalRowCheck(
                        new FinalRowRepository(database, tables),
                        config.updates().rowCheckDelay()),
                config.rabbitmq(),
                config.delivery(),
                services.publisher());
        return Future.join(vertx.deployVerticle(publisher), vertx.deployVerticle(recovery))
                .map(up -> new StubWorker(vertx, config, services, database, routes, up.list()));
    }

    private static StageRoute route(Stage stage, SluiceConfig config) {
        return new StageRoute(
                stage,
                switch (stage.name()) {
                    case DOWNLOAD -> Optional.of(StageName.PROCESSING);
                    case SEGMENT -> Optional.of(StageName.JOIN);
                    case PROCESSING, JOIN -> Optional.of(StageName.UPLOAD);
                    case UPLOAD -> Optional.empty();
                },
                config.stage(stage.name()).retries());
    }

    Future<Void> up() {
        return Future.join(routes.stream()
                        .filter(route -> config.stage(route.name()).instances() > 0)
                        .map(route -> vertx.deployVerticle(new StageVerticle(
                                        route, config.stage(route.name()).concurrency(), config.rabbitmq(), services))
                                .onSuccess(stages::add))
                        .toList())
                .mapEmpty();
    }

    Future<Void> down() {
        List<String> deployed = List.copyOf(stages);
        stages.clear();
        return Future.join(deployed.stream().map(vertx::undeploy).toList()).mapEmpty();
    }

    /** Closes its resources; must be called after its stages are undeployed. */
    Future<Void> close() {
        services.close();
        return Future.join(others.stream().map(vertx::undeploy).toList())
                .eventually(database::close)
                .mapEmpty();
    }

    private static <T> T get(Future<T> future) throws TimeoutException {
        return future.await(60, TimeUnit.SECONDS);
    }
}

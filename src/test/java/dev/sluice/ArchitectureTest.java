package dev.sluice;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.sluice.app.Sluice;
import dev.sluice.common.async.BlockingTask;
import dev.sluice.config.SluiceConfig;
import dev.sluice.job.DeliveryStepListener;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.net.ssl.TrustManager;

/** Dependency and naming rules of the main code; docs/architecture.md shows the layers. */
@AnalyzeClasses(packages = "dev.sluice", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final int MAX_CLASSES_PER_PACKAGE = 16;

    @ArchTest
    static final ArchRule groupsAreFreeOfCycles =
            slices().matching("dev.sluice.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule packagesAreFreeOfCycles =
            slices().matching("dev.sluice.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule packagesHaveAtMostTwoLevels = classes().should(resideAtMostTwoLevelsDeep());

    @ArchTest
    static final ArchRule packagesAreSmall = classes().should(resideInPackagesOfAtMost(MAX_CLASSES_PER_PACKAGE));

    @ArchTest
    static final ArchRule rootContainsMainOnly =
            classes().that().resideInAPackage("dev.sluice").should().haveNameMatching(".*\\.(Main|package-info)");

    @ArchTest
    static final ArchRule dependenciesPointDownwards = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("standalone")
            .definedBy(below("standalone.."))
            .layer("cli")
            .definedBy("dev.sluice.cli..", "dev.sluice")
            .layer("app")
            .definedBy(below("app.."))
            .layer("drivers")
            .definedBy(below("pipeline..", "http..", "worker..", "monitoring.."))
            .layer("work")
            .definedBy(below("stage..", "backend.."))
            .layer("engines")
            .definedBy(below("ffmpeg..", "publisher..", "routing.."))
            .layer("adapters")
            .definedBy(below(
                    "broker..", "cluster..", "media..", "objectstore..", "persistence..", "tracing..", "workspace.."))
            .layer("contract")
            .definedBy(below("config..", "message.."))
            .layer("common")
            .definedBy(below("common.."))
            .layer("model")
            .definedBy(below("job..", "webhook.."))
            .whereLayer("standalone")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("cli")
            .mayOnlyBeAccessedByLayers("standalone")
            .whereLayer("app")
            .mayOnlyBeAccessedByLayers("cli", "standalone")
            .whereLayer("drivers")
            .mayOnlyBeAccessedByLayers("app", "cli", "standalone")
            .whereLayer("work")
            .mayOnlyBeAccessedByLayers("drivers", "app", "cli", "standalone")
            .whereLayer("engines")
            .mayOnlyBeAccessedByLayers("work", "drivers", "app", "cli", "standalone")
            .whereLayer("adapters")
            .mayOnlyBeAccessedByLayers("engines", "work", "drivers", "app", "cli", "standalone")
            .whereLayer("contract")
            .mayOnlyBeAccessedByLayers("adapters", "engines", "work", "drivers", "app", "cli", "standalone")
            .whereLayer("common")
            .mayOnlyBeAccessedByLayers(
                    "contract", "adapters", "engines", "work", "drivers", "app", "cli", "standalone");

    @ArchTest
    static final ArchRule modelIsIndependent = knowsNot("job..", "common..", "config..", "message..", "webhook..");

    @ArchTest
    static final ArchRule messagesAreIndependentOfConfig = knowsNot("message..", "config..");

    @ArchTest
    static final ArchRule brokerIsIndependentOfItsNeighbours =
            knowsNot("broker..", "persistence..", "objectstore..", "workspace..", "media..", "message..");

    @ArchTest
    static final ArchRule objectStoreIsIndependentOfItsNeighbours =
            knowsNot("objectstore..", "broker..", "persistence..", "workspace..", "media..", "message..");

    @ArchTest
    static final ArchRule mediaIsIndependentOfItsNeighbours =
            knowsNot("media..", "broker..", "persistence..", "objectstore..", "workspace..", "message..");

    @ArchTest
    static final ArchRule ffmpegKnowsNoMessagesAndNoServices =
            knowsNot("ffmpeg..", "broker..", "persistence..", "objectstore..", "workspace..", "message..");

    @ArchTest
    static final ArchRule stagesKnowNeitherBrokerNorDatabase =
            knowsNot("stage..", "broker..", "persistence..", "publisher..", "routing..", "backend..");

    @ArchTest
    static final ArchRule backendKnowsNoStages = knowsNot("backend..", "stage..", "ffmpeg..", "publisher..");

    @ArchTest
    static final ArchRule pipelineKnowsNeitherHttpNorFfmpeg =
            knowsNot("pipeline..", "http..", "backend..", "ffmpeg..", "stage.encode", "stage.transfer");

    @ArchTest
    static final ArchRule httpKnowsNoPipeline =
            knowsNot("http..", "pipeline..", "stage..", "ffmpeg..", "publisher..", "routing..");

    @ArchTest
    static final ArchRule amqpStaysInBroker = staysIn(
            Stream.of("com.rabbitmq..", "io.vertx.rabbitmq..", "org.apache.qpid.."), "broker..", "standalone.embedded");

    @ArchTest
    static final ArchRule sqlStaysInPersistence = staysIn(
            Stream.of("io.vertx.sqlclient..", "io.vertx.pgclient..", "java.sql..", "org.flywaydb.."),
            "persistence..",
            "standalone.embedded");

    @ArchTest
    static final ArchRule s3StaysInObjectStore = staysIn(
            Stream.of("software.amazon..", "org.gaul.."),
            "objectstore.s3",
            "objectstore.transfer",
            "standalone.embedded");

    @ArchTest
    static final ArchRule webStaysInHttp = staysIn(
            Stream.of("io.vertx.ext..", "io.vertx.openapi..", "io.vertx.core.http.."),
            "http..",
            "backend.webhook",
            "monitoring",
            // Client authentication of TLS.
            "cluster",
            "standalone..");

    @ArchTest
    static final ArchRule monitoringKnowsNoDrivers =
            knowsNot("monitoring..", "pipeline..", "http..", "stage..", "ffmpeg..", "publisher..", "routing..");

    @ArchTest
    static final ArchRule prometheusStaysInMonitoring = staysIn(
            Stream.of("io.micrometer.prometheusmetrics..", "io.prometheus..", "io.vertx.micrometer.."), "monitoring");

    /** Meters have their names in one class of each package; {@code app} passes the registry on. */
    @ArchTest
    static final ArchRule metersStayInMetricsClasses = noClasses()
            .that()
            .resideOutsideOfPackages(below("app", "monitoring"))
            .and()
            .haveNameNotMatching(".*Metrics(Registry)?(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.micrometer..");

    @ArchTest
    static final ArchRule clusterSpiStaysInCluster = staysIn(Stream.of("io.vertx.core.spi.cluster.."), "cluster");

    @ArchTest
    static final ArchRule openTelemetryStaysInTracing =
            staysIn(Stream.of("io.opentelemetry..", "io.vertx.tracing..", "io.vertx.core.spi.tracing.."), "tracing");

    @ArchTest
    static final ArchRule picocliStaysInCli = noClasses()
            .that()
            .resideOutsideOfPackages(below("cli..", "app", "standalone.."))
            .and()
            .doNotHaveFullyQualifiedName(Main.class.getName())
            .should()
            .dependOnClassesThat()
            .resideInAPackage("picocli..");

    @ArchTest
    static final ArchRule jacksonStaysInJson = staysIn(Stream.of("com.fasterxml.."), "message.json");

    @ArchTest
    static final ArchRule processesStayInFfmpeg = noClasses()
            .that()
            .resideOutsideOfPackages(below("ffmpeg.process", "standalone.."))
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName(ProcessBuilder.class.getName())
            .orShould()
            .dependOnClassesThat()
            .resideInAPackage("ws.schild..");

    @ArchTest
    static final ArchRule connectionPoolIsUsedByPersistenceAlone =
            usedOnlyBy("persistence.db", "persistence..", "app", "cli");

    @ArchTest
    static final ArchRule s3ClientIsUsedByObjectStoreAlone =
            usedOnlyBy("objectstore.s3", "objectstore..", "app", "cli", "backend.upload", "http..");

    @ArchTest
    static final ArchRule configReaderIsUsedByConfigAlone =
            usedOnlyBy("config.reader", "config..", "cli", "standalone");

    @ArchTest
    static final ArchRule brokerConnectionIsUsedByBrokerAlone =
            usedOnlyBy("broker.connection", "broker..", "http.problem");

    @ArchTest
    static final ArchRule runSqlIsUsedByPipelineAlone =
            usedOnlyBy("persistence.run", "persistence..", "pipeline..", "app", "http.handler");

    @ArchTest
    static final ArchRule noClassSleeps =
            noClasses().should().callMethod(Thread.class, "sleep", long.class).because("waiting is for a condition");

    @ArchTest
    static final ArchRule noClassBlocksOnAFuture = noClasses()
            .that()
            .resideOutsideOfPackages("dev.sluice", "dev.sluice.app", "dev.sluice.cli..", "dev.sluice.standalone..")
            .and()
            .doNotHaveFullyQualifiedName(BlockingTask.class.getName())
            .should()
            .callMethod(CompletableFuture.class, "join")
            .orShould()
            .callMethod(CompletableFuture.class, "get")
            .orShould()
            .callMethod(Future.class, "await");

    @ArchTest
    static final ArchRule onlyFfmpegWaitsForBlockingTasks = noClasses()
            .that()
            .resideOutsideOfPackages("dev.sluice.common.async", "dev.sluice.ffmpeg..")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(BlockingTask.class)
            .because("it blocks, as the runs of FFmpeg on worker threads do");

    @ArchTest
    static final ArchRule productionListensToNoDeliverySteps = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(Sluice.class.getName())
            .should()
            .callMethod(Sluice.class, "start", Vertx.class, SluiceConfig.class, DeliveryStepListener.class)
            .orShould()
            .implement(DeliveryStepListener.class)
            .because("only tests stop a process at a step");

    @ArchTest
    static final ArchRule namesAreSpecific = noClasses()
            .that()
            .areNotAssignableTo(TrustManager.class)
            .should()
            .haveNameMatching(".*(Impl|Utils?|Manager|Helper)");

    private static String[] below(String... packages) {
        return Stream.of(packages).map(name -> "dev.sluice." + name).toArray(String[]::new);
    }

    private static ArchRule knowsNot(String group, String... others) {
        return noClasses()
                .that()
                .resideInAnyPackage(below(group))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(below(others));
    }

    private static ArchRule staysIn(Stream<String> libraries, String... packages) {
        return noClasses()
                .that()
                .resideOutsideOfPackages(below(packages))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(libraries.toArray(String[]::new));
    }

    private static ArchRule usedOnlyBy(String group, String... users) {
        return noClasses()
                .that()
                .resideOutsideOfPackages(below(users))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.sluice." + group);
    }

    private static ArchCondition<JavaClass> resideAtMostTwoLevelsDeep() {
        return new ArchCondition<>("reside at most two levels below dev.sluice") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean shallow = type.getPackageName().matches("dev\\.sluice(\\.[a-z0-9]+){0,2}");
                events.add(new SimpleConditionEvent(type, shallow, type.getName() + " resides deeper"));
            }
        };
    }

    private static ArchCondition<JavaClass> resideInPackagesOfAtMost(int classes) {
        return new ArchCondition<>("reside in packages of at most " + classes + " top-level classes") {
            private final Map<String, Integer> sizes = new TreeMap<>();

            @Override
            public void init(Collection<JavaClass> all) {
                all.stream()
                        .filter(type ->
                                type.isTopLevelClass() && !type.getSimpleName().equals("package-info"))
                        .forEach(type -> sizes.merge(type.getPackageName(), 1, Integer::sum));
            }

            @Override
            public void check(JavaClass type, ConditionEvents events) {
                // The packages are checked at the end.
            }

            @Override
            public void finish(ConditionEvents events) {
                sizes.forEach((name, size) -> events.add(
                        new SimpleConditionEvent(name, size <= classes, name + " has " + size + " classes")));
            }
        };
    }
}

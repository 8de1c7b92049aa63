package dev.sluice;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
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
import dev.sluice.config.SluiceConfig;
import dev.sluice.job.DeliveryStepListener;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletableFuture;

/** The walls between the rooms. */
@AnalyzeClasses(packages = "dev.sluice", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String US = "dev.sluice";

    @ArchTest
    static final ArchRule noCycles =
            slices().matching("dev.sluice.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule theVocabularyKnowsNobody = noClasses()
            .that()
            .resideInAPackage(US + ".job")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx..", US + ".config", US + ".message", US + ".broker", US + ".stage")
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage(US + ".media", US + ".store", US + ".blob", US + ".update", US + ".backend");

    @ArchTest
    static final ArchRule onlyTheBrokerKnowsAmqp = noClasses()
            .that()
            .resideOutsideOfPackages(US + ".broker", US + ".standalone")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.rabbitmq..", "io.vertx.rabbitmq..", "org.apache.qpid..");

    @ArchTest
    static final ArchRule onlyTheStoreKnowsSql = noClasses()
            .that()
            .resideOutsideOfPackages(US + ".store", US + ".standalone")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx.sqlclient..", "io.vertx.pgclient..", "java.sql..", "org.flywaydb..");

    @ArchTest
    static final ArchRule onlyBlobKnowsS3 = noClasses()
            .that()
            .resideOutsideOfPackages(US + ".blob", US + ".standalone")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("software.amazon..", "org.gaul..");

    @ArchTest
    static final ArchRule onlyHttpKnowsTheWeb = noClasses()
            .that()
            .resideOutsideOfPackages(US + ".http", US + ".standalone")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx.ext..", "io.vertx.openapi..", "io.vertx.core.http..");

    @ArchTest
    static final ArchRule onlyTheClusterKnowsHazelcast = noClasses()
            .that()
            .resideOutsideOfPackage(US + ".cluster")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.hazelcast..", "io.vertx.spi.cluster..");

    @ArchTest
    static final ArchRule onlyMediaStartsProcesses = noClasses()
            .that()
            .resideOutsideOfPackages(US + ".media", US + ".standalone")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName(ProcessBuilder.class.getName())
            .orShould()
            .dependOnClassesThat()
            .resideInAPackage("ws.schild..");

    @ArchTest
    static final ArchRule mediaIsPlainJava = noClasses()
            .that()
            .resideInAPackage(US + ".media")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(US + ".broker", US + ".store", US + ".blob", US + ".update", US + ".stage");

    @ArchTest
    static final ArchRule nobodyKnowsTheEmbeddedServices = noClasses()
            .that()
            .resideOutsideOfPackage(US + ".standalone")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(US + ".standalone");

    @ArchTest
    static final ArchRule nobodySleeps =
            noClasses().should().callMethod(Thread.class, "sleep", long.class).because("waiting is for a condition");

    @ArchTest
    static final ArchRule nobodyBlocksOnAFuture = noClasses()
            .that()
            .resideOutsideOfPackages(US, US + ".standalone")
            .should()
            .callMethod(CompletableFuture.class, "join")
            .orShould()
            .callMethod(CompletableFuture.class, "get")
            .orShould()
            .callMethod(Future.class, "await");

    @ArchTest
    static final ArchRule noMilestoneIsWatchedInProduction = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(Sluice.class.getName())
            .should()
            .callMethod(Sluice.class, "start", Vertx.class, SluiceConfig.class, DeliveryStepListener.class)
            .orShould()
            .implement(DeliveryStepListener.class)
            .because("only tests stop a process there");

    @ArchTest
    static final ArchRule namesSayWhatAThingIs = noClasses()
            .should()
            .haveSimpleNameEndingWith("Impl")
            .orShould()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Manager")
            .orShould()
            .haveSimpleNameEndingWith("Helper");

    @ArchTest
    static final ArchRule oneLevelOfPackages = classes().should(resideOneLevelDeep());

    private static ArchCondition<JavaClass> resideOneLevelDeep() {
        return new ArchCondition<>("reside in dev.sluice or one level below") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean fine = type.getPackageName().matches("dev\\.sluice(\\.[a-z]+)?");
                events.add(new SimpleConditionEvent(type, fine, type.getName() + " resides deeper"));
            }
        };
    }
}

package dev.sluice.cli;

import dev.sluice.app.RedeploymentPlan;
import dev.sluice.broker.BrokerCheck;
import dev.sluice.broker.Topology;
import dev.sluice.common.text.TerminalEscaper;
import dev.sluice.common.text.TextSanitizer;
import dev.sluice.config.SluiceConfig;
import dev.sluice.config.source.ConfigSource;
import dev.sluice.config.source.LoadedConfig;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.job.StageName;
import dev.sluice.objectstore.s3.S3ObjectStore;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.usertable.UserTables;
import dev.sluice.workspace.Workspace;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Validates the configuration and tests the services in it. Changes nothing. */
@Command(name = "check", description = "Validate the configuration and test all connections. Changes nothing.")
public final class CheckCommand implements Callable<Integer> {
    private static final int TIMEOUT_SECONDS = 30;

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Option(names = "--json", description = "print one JSON object per section: section, subject, ok, errors")
    private boolean json;

    @Option(
            names = "--diff",
            paramLabel = "FILE",
            description = "only compare with this file in force: which verticles would be redeployed")
    private @Nullable Path inForce;

    @Override
    public Integer call() throws Exception {
        if (inForce != null) {
            return printDifference(new ConfigSource(inForce, System.getenv()).load());
        }
        SluiceConfig checked = config.load();
        Vertx vertx = Vertx.vertx();
        try {
            return print(Future.all(List.of(
                            broker(vertx, checked),
                            database(vertx, checked),
                            store(vertx, checked),
                            workspace(vertx, checked),
                            ffmpeg(vertx, checked)))
                    .map(all -> all.<CheckResult>list())
                    .await());
        } finally {
            vertx.close().await();
        }
    }

    private int printDifference(LoadedConfig before) {
        RedeploymentPlan plan =
                RedeploymentPlan.of(before, config.source(System.getenv()).load());
        System.out.println("redeploys: " + orNone(plan.verticles()));
        System.out.println("at the next start: " + orNone(plan.restart()));
        return CommandLineRunner.OK;
    }

    private static String orNone(Set<String> names) {
        return names.isEmpty() ? "nothing" : String.join(", ", new TreeSet<>(names));
    }

    private int print(List<CheckResult> results) {
        PrintStream out = System.out;
        for (CheckResult result : results) {
            if (json) {
                out.println(TerminalEscaper.escape(result.toJson().encode()));
                continue;
            }
            out.printf(
                    "%-10s %-7s %s%n", result.section(), result.errors().isEmpty() ? "ok" : "FAILED", result.subject());
            result.errors().forEach(error -> out.printf("%-18s %s%n", "", TextSanitizer.singleLine(error)));
        }
        return results.stream().allMatch(result -> result.errors().isEmpty())
                ? CommandLineRunner.OK
                : CommandLineRunner.FAILED;
    }

    private static Future<CheckResult> broker(Vertx vertx, SluiceConfig config) {
        return withTimeout(
                "rabbitmq",
                config.rabbitmq().uri()
                        + (config.rabbitmq().prefix().isEmpty()
                                ? ""
                                : ", prefix " + config.rabbitmq().prefix()),
                BrokerCheck.check(vertx, config.rabbitmq(), consumedQueues(config)));
    }

    private static List<String> consumedQueues(SluiceConfig config) {
        List<String> queues = new ArrayList<>();
        for (StageName stage : StageName.values()) {
            if (config.stage(stage).instances() > 0) {
                queues.add(Topology.queueOf(stage));
            }
        }
        if (config.consumers().requests().enabled()) {
            queues.add(Topology.REQUESTS_QUEUE);
        }
        if (config.backend().enabled()) {
            queues.add(Topology.UPDATES_QUEUE);
        }
        return queues;
    }

    private static Future<CheckResult> database(Vertx vertx, SluiceConfig config) {
        return withTimeout(
                "postgres",
                config.postgres().uri(),
                Database.check(vertx, config.postgres(), UserTables.required(config.postgres())));
    }

    private static Future<CheckResult> store(Vertx vertx, SluiceConfig config) {
        S3ObjectStore objectStore = new S3ObjectStore(vertx, config.s3());
        String address = config.s3()
                .endpoint()
                .map(Object::toString)
                .orElse("AWS " + config.s3().region());
        return check("s3", address + ", bucket " + config.s3().bucket(), objectStore.check())
                .eventually(objectStore::close);
    }

    private static Future<CheckResult> workspace(Vertx vertx, SluiceConfig config) {
        return check("workspace", config.workspace().directory().toString(), Workspace.open(vertx, config.workspace()));
    }

    private static Future<CheckResult> ffmpeg(Vertx vertx, SluiceConfig config) {
        return vertx.executeBlocking(
                        () -> FfmpegInstallation.locate(config.ffmpeg()).requireEncoders(config.profiles()), false)
                .map(found -> new CheckResult(
                        "ffmpeg",
                        found.version() + ", " + found.origin() + ", " + found.ffmpeg() + ", "
                                + (found.isSandboxed() ? "in a sandbox" : "without a sandbox"),
                        List.of()))
                .otherwise(cause -> new CheckResult("ffmpeg", "", List.of(String.valueOf(cause.getMessage()))));
    }

    private static Future<CheckResult> check(String section, String subject, Future<?> check) {
        return withTimeout(
                section,
                subject,
                check.map(ok -> List.<String>of()).otherwise(cause -> List.of(String.valueOf(cause.getMessage()))));
    }

    private static Future<CheckResult> withTimeout(String section, String subject, Future<List<String>> errors) {
        return errors.timeout(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .otherwise(timeout -> List.of("No response within " + TIMEOUT_SECONDS + " s."))
                .map(found -> new CheckResult(section, subject, found));
    }

    /**
     * Result for one section of the configuration.
     *
     * @param subject the service or program
     * @param errors empty: the check succeeded
     */
    private record CheckResult(String section, String subject, List<String> errors) {
        JsonObject toJson() {
            return new JsonObject()
                    .put("section", section)
                    .put("subject", subject)
                    .put("ok", errors.isEmpty())
                    .put("errors", new JsonArray(errors));
        }
    }
}

package dev.sluice;

import dev.sluice.blob.S3Blobs;
import dev.sluice.blob.Workspace;
import dev.sluice.broker.BrokerCheck;
import dev.sluice.config.SluiceConfig;
import dev.sluice.media.FfmpegInstallation;
import dev.sluice.store.Database;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Says what is wrong with the configuration, and what it names but cannot be reached. Changes nothing. */
@Command(name = "check", description = "Check the configuration and whether everything it names can be reached.")
final class CheckCommand implements Callable<Integer> {
    private static final int LONGEST_SECONDS = 60;

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        SluiceConfig checked = config.load();
        Vertx vertx = Vertx.vertx();
        try {
            List<Finding> findings = Future.all(
                            List.of(broker(vertx, checked), database(vertx, checked), store(vertx, checked)))
                    .map(all -> all.<Finding>list())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(LONGEST_SECONDS, TimeUnit.SECONDS);
            return print(List.of(
                    findings.get(0), findings.get(1), findings.get(2), workspace(checked), ffmpeg(checked)));
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(LONGEST_SECONDS, TimeUnit.SECONDS);
        }
    }

    private int print(List<Finding> findings) {
        PrintWriter out = spec == null ? new PrintWriter(System.out, true) : spec.commandLine().getOut();
        for (Finding finding : findings) {
            out.printf("%-10s %-7s %s%n", finding.part(), finding.problems().isEmpty() ? "ok" : "FAILED", finding.what());
            finding.problems().forEach(problem -> out.printf("%-18s %s%n", "", problem));
        }
        out.flush();
        return findings.stream().allMatch(finding -> finding.problems().isEmpty())
                ? CommandLines.OK
                : CommandLines.FAILED;
    }

    private static Future<Finding> broker(Vertx vertx, SluiceConfig config) {
        return found("rabbitmq", config.rabbitmq().uri(), BrokerCheck.reach(vertx, config.rabbitmq()));
    }

    private static Future<Finding> database(Vertx vertx, SluiceConfig config) {
        return Database.check(vertx, config.postgres())
                .map(problems -> new Finding("postgres", config.postgres().uri(), problems));
    }

    private static Future<Finding> store(Vertx vertx, SluiceConfig config) {
        S3Blobs blobs = new S3Blobs(vertx, config.s3());
        String where = config.s3().endpoint().map(Object::toString).orElse("AWS " + config.s3().region());
        return found("s3", where + ", bucket " + config.s3().bucket(), blobs.check()).eventually(blobs::close);
    }

    private static Finding workspace(SluiceConfig config) {
        return tried("workspace", config.workspace().directory().toString(), () -> {
            var unused = Workspace.open(config.workspace());
        });
    }

    private static Finding ffmpeg(SluiceConfig config) {
        try {
            FfmpegInstallation found = FfmpegInstallation.locate(config.ffmpeg());
            return new Finding("ffmpeg", found.version() + ", " + found.origin() + ", " + found.ffmpeg(), List.of());
        } catch (RuntimeException bad) {
            return new Finding("ffmpeg", "", List.of(String.valueOf(bad.getMessage())));
        }
    }

    private static Finding tried(String part, String what, Runnable attempt) {
        try {
            attempt.run();
            return new Finding(part, what, List.of());
        } catch (RuntimeException bad) {
            return new Finding(part, what, List.of(String.valueOf(bad.getMessage())));
        }
    }

    private static Future<Finding> found(String part, String what, Future<?> reached) {
        return reached.map(ok -> new Finding(part, what, List.of()))
                .otherwise(cause -> new Finding(part, what, List.of(String.valueOf(cause.getMessage()))));
    }

    /**
     * How one part of the configuration is.
     *
     * @param problems sentences; none when all is well
     */
    private record Finding(String part, String what, List<String> problems) {}
}

package dev.sluice;

import dev.sluice.blob.S3Blobs;
import dev.sluice.blob.Workspace;
import dev.sluice.broker.BrokerCheck;
import dev.sluice.config.SluiceConfig;
import dev.sluice.media.FfmpegInstallation;
import dev.sluice.store.Database;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Says what is wrong with the configuration, and what it names but cannot be reached. Changes nothing. */
@Command(name = "check", description = "Check the configuration and whether everything it names can be reached.")
final class CheckCommand implements Callable<Integer> {
    private static final int LONGEST_SECONDS = 60;

    @Mixin
    private ConfigOption config = new ConfigOption();

    @Override
    public Integer call() throws Exception {
        SluiceConfig checked = config.load();
        Vertx vertx = Vertx.vertx();
        try {
            return print(Future.all(List.of(
                            broker(vertx, checked),
                            database(vertx, checked),
                            store(vertx, checked),
                            workspace(vertx, checked),
                            vertx.executeBlocking(() -> ffmpeg(checked), false)))
                    .map(all -> all.<Finding>list())
                    .await(LONGEST_SECONDS, TimeUnit.SECONDS));
        } finally {
            vertx.close().await();
        }
    }

    private int print(List<Finding> findings) {
        PrintStream out = System.out;
        for (Finding finding : findings) {
            out.printf(
                    "%-10s %-7s %s%n", finding.part(), finding.problems().isEmpty() ? "ok" : "FAILED", finding.what());
            finding.problems().forEach(problem -> out.printf("%-18s %s%n", "", problem));
        }
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
        String where = config.s3()
                .endpoint()
                .map(Object::toString)
                .orElse("AWS " + config.s3().region());
        return found("s3", where + ", bucket " + config.s3().bucket(), blobs.check())
                .eventually(blobs::close);
    }

    private static Future<Finding> workspace(Vertx vertx, SluiceConfig config) {
        return found("workspace", config.workspace().directory().toString(), Workspace.open(vertx, config.workspace()));
    }

    private static Finding ffmpeg(SluiceConfig config) {
        try {
            FfmpegInstallation found = FfmpegInstallation.locate(config.ffmpeg());
            return new Finding("ffmpeg", found.version() + ", " + found.origin() + ", " + found.ffmpeg(), List.of());
        } catch (RuntimeException bad) {
            return new Finding("ffmpeg", "", List.of(String.valueOf(bad.getMessage())));
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

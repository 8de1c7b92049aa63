package dev.sluice.cli;

import dev.sluice.broker.BrokerCheck;
import dev.sluice.common.text.TextSanitizer;
import dev.sluice.config.SluiceConfig;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.objectstore.s3.S3ObjectStore;
import dev.sluice.persistence.db.Database;
import dev.sluice.workspace.Workspace;
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
public final class CheckCommand implements Callable<Integer> {
    private static final int LONGEST_SECONDS = 30;

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
                            ffmpeg(vertx, checked)))
                    .map(all -> all.<Finding>list())
                    .await());
        } finally {
            vertx.close().await();
        }
    }

    private int print(List<Finding> findings) {
        PrintStream out = System.out;
        for (Finding finding : findings) {
            out.printf(
                    "%-10s %-7s %s%n", finding.part(), finding.problems().isEmpty() ? "ok" : "FAILED", finding.what());
            finding.problems().forEach(problem -> out.printf("%-18s %s%n", "", TextSanitizer.of(problem)));
        }
        return findings.stream().allMatch(finding -> finding.problems().isEmpty())
                ? CommandLineRunner.OK
                : CommandLineRunner.FAILED;
    }

    private static Future<Finding> broker(Vertx vertx, SluiceConfig config) {
        return found("rabbitmq", config.rabbitmq().uri(), BrokerCheck.reach(vertx, config.rabbitmq()));
    }

    private static Future<Finding> database(Vertx vertx, SluiceConfig config) {
        return inTime("postgres", config.postgres().uri(), Database.check(vertx, config.postgres()));
    }

    private static Future<Finding> store(Vertx vertx, SluiceConfig config) {
        S3ObjectStore blobs = new S3ObjectStore(vertx, config.s3());
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

    private static Future<Finding> ffmpeg(Vertx vertx, SluiceConfig config) {
        return vertx.executeBlocking(() -> FfmpegInstallation.locate(config.ffmpeg()), false)
                .map(found -> new Finding(
                        "ffmpeg",
                        found.version() + ", " + found.origin() + ", " + found.ffmpeg() + ", "
                                + (found.isInSandbox() ? "in a sandbox" : "without a sandbox"),
                        List.of()))
                .otherwise(cause -> new Finding("ffmpeg", "", List.of(String.valueOf(cause.getMessage()))));
    }

    private static Future<Finding> found(String part, String what, Future<?> reached) {
        return inTime(
                part,
                what,
                reached.map(ok -> List.<String>of()).otherwise(cause -> List.of(String.valueOf(cause.getMessage()))));
    }

    private static Future<Finding> inTime(String part, String what, Future<List<String>> problems) {
        return problems.timeout(LONGEST_SECONDS, TimeUnit.SECONDS)
                .otherwise(late -> List.of("No answer within " + LONGEST_SECONDS + " s."))
                .map(found -> new Finding(part, what, found));
    }

    /**
     * How one part of the configuration is.
     *
     * @param problems sentences; none when all is well
     */
    private record Finding(String part, String what, List<String> problems) {}
}

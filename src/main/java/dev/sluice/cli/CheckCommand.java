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
                    .map(all -> all.<CheckResult>list())
                    .await());
        } finally {
            vertx.close().await();
        }
    }

    private int print(List<CheckResult> findings) {
        PrintStream out = System.out;
        for (CheckResult finding : findings) {
            out.printf(
                    "%-10s %-7s %s%n",
                    finding.part(), finding.problems().isEmpty() ? "ok" : "FAILED", finding.subject());
            finding.problems().forEach(problem -> out.printf("%-18s %s%n", "", TextSanitizer.singleLine(problem)));
        }
        return findings.stream().allMatch(finding -> finding.problems().isEmpty())
                ? CommandLineRunner.OK
                : CommandLineRunner.FAILED;
    }

    private static Future<CheckResult> broker(Vertx vertx, SluiceConfig config) {
        return found("rabbitmq", config.rabbitmq().uri(), BrokerCheck.check(vertx, config.rabbitmq()));
    }

    private static Future<CheckResult> database(Vertx vertx, SluiceConfig config) {
        return inTime("postgres", config.postgres().uri(), Database.check(vertx, config.postgres()));
    }

    private static Future<CheckResult> store(Vertx vertx, SluiceConfig config) {
        S3ObjectStore objectStore = new S3ObjectStore(vertx, config.s3());
        String where = config.s3()
                .endpoint()
                .map(Object::toString)
                .orElse("AWS " + config.s3().region());
        return found("s3", where + ", bucket " + config.s3().bucket(), objectStore.check())
                .eventually(objectStore::close);
    }

    private static Future<CheckResult> workspace(Vertx vertx, SluiceConfig config) {
        return found("workspace", config.workspace().directory().toString(), Workspace.open(vertx, config.workspace()));
    }

    private static Future<CheckResult> ffmpeg(Vertx vertx, SluiceConfig config) {
        return vertx.executeBlocking(() -> FfmpegInstallation.locate(config.ffmpeg()), false)
                .map(found -> new CheckResult(
                        "ffmpeg",
                        found.version() + ", " + found.origin() + ", " + found.ffmpeg() + ", "
                                + (found.isSandboxed() ? "in a sandbox" : "without a sandbox"),
                        List.of()))
                .otherwise(cause -> new CheckResult("ffmpeg", "", List.of(String.valueOf(cause.getMessage()))));
    }

    private static Future<CheckResult> found(String part, String what, Future<?> reached) {
        return inTime(
                part,
                what,
                reached.map(ok -> List.<String>of()).otherwise(cause -> List.of(String.valueOf(cause.getMessage()))));
    }

    private static Future<CheckResult> inTime(String part, String what, Future<List<String>> problems) {
        return problems.timeout(LONGEST_SECONDS, TimeUnit.SECONDS)
                .otherwise(late -> List.of("No answer within " + LONGEST_SECONDS + " s."))
                .map(found -> new CheckResult(part, what, found));
    }

    /**
     * How one part of the configuration is.
     *
     * @param problems sentences; none when all is well
     */
    private record CheckResult(String part, String subject, List<String> problems) {}
}

package dev.sluice.cli;

import dev.sluice.broker.Topology;
import dev.sluice.broker.UpdateSubscription.Source;
import dev.sluice.cli.output.UpdateFormatter;
import dev.sluice.common.text.TerminalEscaper;
import dev.sluice.config.RabbitMqConfig;
import dev.sluice.config.SluiceConfig;
import dev.sluice.config.reader.ConfigFile;
import dev.sluice.job.JobId;
import dev.sluice.message.NewJob;
import dev.sluice.message.StagedJob;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sends a test job as a backend does. Needs the broker only. */
@Command(
        name = "send-test-job",
        aliases = "test-staged",
        description = "Send a job for the object KEY and print its updates until it ends.")
public final class SendTestJobCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "KEY",
            arity = "0..1",
            description = "video in the bucket (default: ${DEFAULT-VALUE}, which need not exist: a job that fails with"
                    + " object_not_found was processed by a worker, too)")
    private String key = "uploads/send-test-job.mp4";

    @ArgGroup
    private BrokerOptions brokerOptions = new BrokerOptions();

    @Option(names = "--user", paramLabel = "ID", description = "owner (user ID; default: ${DEFAULT-VALUE})")
    private String user = "send-test-job";

    @Option(names = "--seconds", paramLabel = "N", description = "timeout in seconds (default: ${DEFAULT-VALUE})")
    private int seconds = 30;

    @Option(names = "--json", description = "print the updates as received, one JSON object per line")
    private boolean json;

    @Option(
            names = "--from-queue",
            description = "consume " + Topology.UPDATES_QUEUE
                    + " instead of a copy of the updates: for a processor that publishes directly to that queue, and only"
                    + " while no backend consumes it")
    private boolean fromQueue;

    /** The broker: from a file, an option or the environment. */
    private static final class BrokerOptions {
        @Option(
                names = {"-conf", "--conf"},
                paramLabel = "FILE",
                description = "configuration file (JSON) with a section rabbitmq; environment variables SLUICE_… take"
                        + " precedence (default: only these)")
        private @Nullable Path file;

        @Option(
                names = "--broker",
                paramLabel = "URI",
                description = "broker: amqp://user:password@host:port/virtualhost")
        private @Nullable String uri;

        RabbitMqConfig rabbitmq() {
            Map<String, String> environment = new HashMap<>(System.getenv());
            JsonObject settings = file == null ? new JsonObject() : ConfigFile.read(file);
            if (uri != null) {
                environment
                        .keySet()
                        .removeIf(
                                name -> name.startsWith("SLUICE_RABBITMQ_") && !name.equals("SLUICE_RABBITMQ_PREFIX"));
                settings.put("rabbitmq", new JsonObject().put("uri", uri));
            }
            return SluiceConfig.read(settings, environment).rabbitmq();
        }
    }

    @Override
    public Integer call() {
        RabbitMqConfig broker = brokerOptions.rabbitmq();
        StagedJob job = job();
        TestJobRunner runner = new TestJobRunner(job, this::print);
        Vertx vertx = Vertx.vertx();
        try {
            System.out.println("job " + job.id() + " for " + TerminalEscaper.escape(key));
            return runner.run(
                            vertx,
                            broker,
                            fromQueue ? Source.SHARED_QUEUE : Source.PRIVATE_QUEUE,
                            Duration.ofSeconds(seconds))
                    .map(last -> exitCode(last, runner.updateCount(), broker))
                    .await();
        } finally {
            vertx.close().await();
        }
    }

    private StagedJob job() {
        return StagedJob.create(new NewJob(
                new JobId("test-" + UUID.randomUUID()),
                "test-" + UUID.randomUUID(),
                user,
                key,
                key.substring(key.lastIndexOf('/') + 1),
                "",
                0,
                Instant.now()));
    }

    private void print(JsonObject update) {
        System.out.println(json ? TerminalEscaper.escape(update.encode()) : UpdateFormatter.format(update));
    }

    private int exitCode(Optional<JsonObject> last, int updateCount, RabbitMqConfig broker) {
        if (last.isEmpty()) {
            System.err.println(
                    updateCount == 0
                            ? "No update within " + seconds + " s: is there a consumer of "
                                    + broker.named(Topology.DOWNLOAD_QUEUE) + "?"
                            : "The job did not end within " + seconds + " s; it continues.");
        }
        return last.filter(update -> !UpdateFormatter.isFailed(update)).isPresent()
                ? CommandLineRunner.OK
                : CommandLineRunner.FAILED;
    }
}

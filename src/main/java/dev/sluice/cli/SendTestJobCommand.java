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

/** Plays a backend in front of a person: needs a broker and nothing else. */
@Command(
        name = SendTestJobCommand.NAME,
        description = "Declare the queues, send a job for the object KEY, and print its updates until it ends.")
public final class SendTestJobCommand implements Callable<Integer> {
    public static final String NAME = "test-staged";

    @Parameters(
            paramLabel = "KEY",
            arity = "0..1",
            description =
                    "the video in the bucket (default: ${DEFAULT-VALUE}, which need not be there: a job that fails with"
                            + " object_not_found went all the way, too)")
    private String key = "uploads/test-staged.mp4";

    @ArgGroup
    private BrokerOptions where = new BrokerOptions();

    @Option(names = "--user", paramLabel = "ID", description = "whose video it is (default: ${DEFAULT-VALUE})")
    private String user = "test-staged";

    @Option(names = "--seconds", paramLabel = "N", description = "listen at most so long (default: ${DEFAULT-VALUE})")
    private int seconds = 30;

    @Option(names = "--json", description = "print the updates as they came, one a line")
    private boolean json;

    @Option(
            names = "--from-queue",
            description = "take the updates from " + Topology.UPDATES_QUEUE
                    + " itself, for a processor that sends straight to"
                    + " it, and where no backend listens; without it nobody misses one")
    private boolean fromQueue;

    /** The broker, named in one of two ways or by the environment. */
    private static final class BrokerOptions {
        @Option(
                names = {"-conf", "--conf"},
                paramLabel = "FILE",
                description =
                        "a configuration, whose section rabbitmq leads to the broker; environment variables (SLUICE_…)"
                                + " go over it (default: these alone)")
        private @Nullable Path file;

        @Option(names = "--broker", paramLabel = "URI", description = "amqp://user:password@host:port/virtualhost")
        private @Nullable String uri;

        RabbitMqConfig rabbitmq() {
            Map<String, String> environment = new HashMap<>(System.getenv());
            JsonObject settings = file == null ? new JsonObject() : ConfigFile.read(file);
            if (uri != null) {
                environment.keySet().removeIf(name -> name.startsWith("SLUICE_RABBITMQ_"));
                settings.put("rabbitmq", new JsonObject().put("uri", uri));
            }
            return SluiceConfig.read(settings, environment).rabbitmq();
        }
    }

    @Override
    public Integer call() {
        RabbitMqConfig broker = where.rabbitmq();
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
                    .map(last -> exitCode(last, runner.updateCount()))
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

    private int exitCode(Optional<JsonObject> last, int heard) {
        if (last.isEmpty()) {
            System.err.println(
                    heard == 0
                            ? "No update within " + seconds + " s: does anybody work on " + Topology.DOWNLOAD_QUEUE
                                    + "?"
                            : "No end within " + seconds + " s; the job goes on.");
        }
        return last.filter(update -> !UpdateFormatter.isFailed(update)).isPresent()
                ? CommandLineRunner.OK
                : CommandLineRunner.FAILED;
    }
}

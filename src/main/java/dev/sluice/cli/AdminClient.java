package dev.sluice.cli;

import dev.sluice.backend.admin.DeadLetterService;
import dev.sluice.backend.admin.FleetService;
import dev.sluice.backend.job.JobControlService;
import dev.sluice.backend.job.OperationResult;
import dev.sluice.common.text.TerminalEscaper;
import dev.sluice.config.SluiceConfig;
import dev.sluice.persistence.control.JobCancellation;
import dev.sluice.persistence.control.JobRetry;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.outbox.Outbox;
import dev.sluice.persistence.usertable.UserTables;
import dev.sluice.persistence.worker.WorkerRegistry;
import dev.sluice.routing.UpdateMessages;
import dev.sluice.worker.WorkerId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.function.Function;

/** Jobs, dead letters and workers of a pipeline that runs in other processes. */
public record AdminClient(JobControlService jobs, DeadLetterService deadLetters, FleetService fleet) {
    /** Opens the services, runs {@code work} with them and closes them; blocks, and fails if the work fails. */
    public static <T> T run(SluiceConfig config, Function<AdminClient, Future<T>> work) {
        Vertx vertx = Vertx.vertx();
        try {
            return Database.open(vertx, config.postgres())
                    .compose(database -> UserTables.open(database, config.postgres())
                            .map(tables -> open(vertx, config, database, tables))
                            .compose(work)
                            .eventually(database::close))
                    .await();
        } finally {
            vertx.close().await();
        }
    }

    private static AdminClient open(Vertx vertx, SluiceConfig config, Database database, UserTables tables) {
        // Outbox rows are sent at the next poll of a worker, so no notification is needed.
        JobControlService jobs = new JobControlService(
                new JobCancellation(database, tables, UpdateMessages::toOutbox),
                new JobRetry(database, tables),
                WorkerId.generate().name(),
                () -> {});
        return new AdminClient(
                jobs,
                new DeadLetterService(vertx, config.rabbitmq(), new Outbox(database), jobs),
                new FleetService(vertx, WorkerRegistry.of(database)));
    }

    /** Prints applied operations to standard output and the others to standard error; returns the exit code. */
    public static int print(List<OperationResult> results) {
        results.forEach(result -> (result.isApplied() ? System.out : System.err)
                .println(TerminalEscaper.escape(result.target()) + "  " + TerminalEscaper.escape(result.message())));
        return results.stream().allMatch(OperationResult::isApplied) ? CommandLineRunner.OK : CommandLineRunner.FAILED;
    }
}

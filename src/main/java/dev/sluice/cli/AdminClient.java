package dev.sluice.cli;

import dev.sluice.app.WorkerId;
import dev.sluice.backend.admin.DeadLetterService;
import dev.sluice.backend.job.JobControlService;
import dev.sluice.backend.job.OperationResult;
import dev.sluice.common.text.TerminalEscaper;
import dev.sluice.config.SluiceConfig;
import dev.sluice.persistence.control.JobCancellation;
import dev.sluice.persistence.control.JobRetry;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.outbox.Outbox;
import dev.sluice.persistence.usertable.UserTables;
import dev.sluice.routing.UpdateMessages;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.function.Function;

/** Where a person reaches jobs and dead letters of a pipeline that runs elsewhere. */
public record AdminClient(JobControlService jobs, DeadLetterService deadLetters) {
    /** Opens the desk, does {@code work} there and closes it; blocks, and fails as the work does. */
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
        // The workers' publishers find what is put into the outbox with their next sweep.
        JobControlService jobs = new JobControlService(
                new JobCancellation(database, tables, UpdateMessages::toOutbox),
                new JobRetry(database, tables),
                WorkerId.generate().name(),
                () -> {});
        return new AdminClient(jobs, new DeadLetterService(vertx, config.rabbitmq(), new Outbox(database), jobs));
    }

    /** Prints what was done on standard output and what was not on standard error; gives the exit code. */
    static int print(List<OperationResult> answers) {
        answers.forEach(result -> (result.isApplied() ? System.out : System.err)
                .println(TerminalEscaper.escape(result.target()) + "  " + TerminalEscaper.escape(result.message())));
        return answers.stream().allMatch(OperationResult::isApplied) ? CommandLineRunner.OK : CommandLineRunner.FAILED;
    }
}

package dev.sluice.cli;

import dev.sluice.app.Worker;
import dev.sluice.backend.admin.DeadLetters;
import dev.sluice.backend.job.Answer;
import dev.sluice.backend.job.JobControl;
import dev.sluice.common.text.PlainText;
import dev.sluice.config.SluiceConfig;
import dev.sluice.persistence.control.Interventions;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.outbox.Outbox;
import dev.sluice.persistence.usertable.UserTables;
import dev.sluice.publisher.UpdateBus;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.function.Function;

/** Where a person reaches jobs and dead letters of a pipeline that runs elsewhere. */
public record ControlDesk(JobControl jobs, DeadLetters letters) {
    /** Opens the desk, does {@code work} there and closes it; blocks, and fails as the work does. */
    public static <T> T with(SluiceConfig config, Function<ControlDesk, Future<T>> work) {
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

    private static ControlDesk open(Vertx vertx, SluiceConfig config, Database database, UserTables tables) {
        // The workers' publishers find what is put into the outbox with their next sweep.
        JobControl jobs = new JobControl(
                new Interventions(database, tables, UpdateBus::inOutbox),
                Worker.ofThisProcess().name(),
                () -> {});
        return new ControlDesk(jobs, new DeadLetters(vertx, config.rabbitmq(), new Outbox(database), jobs));
    }

    /** Prints what was done on standard output and what was not on standard error; gives the exit code. */
    static int print(List<Answer> answers) {
        answers.forEach(answer -> (answer.isDone() ? System.out : System.err)
                .println(PlainText.line(answer.about()) + "  " + PlainText.line(answer.sentence())));
        return answers.stream().allMatch(Answer::isDone) ? CommandLines.OK : CommandLines.FAILED;
    }
}

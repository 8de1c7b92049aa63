package dev.sluice.persistence;

import dev.sluice.config.PostgresConfig;
import dev.sluice.persistence.control.JobControlRepository;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.job.JobRepository;
import dev.sluice.persistence.outbox.Outbox;
import dev.sluice.persistence.run.RunRepository;
import dev.sluice.persistence.usertable.UserTables;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** The database with its repositories, as created by the pipeline. */
public record Store(
        Database database,
        UserTables tables,
        RunRepository runs,
        Outbox outbox,
        JobRepository jobs,
        JobControlRepository jobControl)
        implements AutoCloseable {
    public static Future<Store> open(Vertx vertx, PostgresConfig config) {
        return Database.open(vertx, config)
                .compose(database -> UserTables.open(database, config)
                        .map(tables -> new Store(
                                database,
                                tables,
                                new RunRepository(database, tables, Samples::route),
                                new Outbox(database),
                                new JobRepository(database, tables),
                                new JobControlRepository(database, tables, Samples::route)))
                        .recover(cause -> database.close().transform(closed -> Future.failedFuture(cause))));
    }

    @Override
    public void close() {
        Await.await(database.close());
    }
}

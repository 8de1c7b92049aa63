package dev.sluice.persistence;

import dev.sluice.common.async.Await;
import dev.sluice.config.PostgresConfig;
import dev.sluice.persistence.control.JobCancellation;
import dev.sluice.persistence.control.JobRetry;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.job.JobRepository;
import dev.sluice.persistence.outbox.Outbox;
import dev.sluice.persistence.usertable.UserTables;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** The database with its repositories, as created by the pipeline. */
public record Store(
        Database database,
        UserTables tables,
        RunFixture runs,
        Outbox outbox,
        JobRepository jobs,
        JobCancellation cancellation,
        JobRetry retry)
        implements AutoCloseable {
    public static Future<Store> open(Vertx vertx, PostgresConfig config) {
        return Database.open(vertx, config)
                .compose(database -> UserTables.open(database, config)
                        .map(tables -> new Store(
                                database,
                                tables,
                                RunFixture.of(database, tables),
                                new Outbox(database),
                                new JobRepository(database, tables),
                                new JobCancellation(database, tables, Samples::toOutboxMessage),
                                new JobRetry(database, tables)))
                        .recover(cause -> database.close().transform(closed -> Future.failedFuture(cause))));
    }

    @Override
    public void close() {
        Await.await(database.close());
    }
}

package dev.sluice.persistence;

import dev.sluice.config.PostgresConfig;
import dev.sluice.persistence.control.Interventions;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.job.Jobs;
import dev.sluice.persistence.outbox.Outbox;
import dev.sluice.persistence.run.Runs;
import dev.sluice.persistence.usertable.UserTables;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** The store as the pipeline puts it together. */
public record Store(
        Database database, UserTables tables, Runs runs, Outbox outbox, Jobs jobs, Interventions interventions) {
    public static Future<Store> open(Vertx vertx, PostgresConfig config) {
        return Database.open(vertx, config)
                .compose(database -> UserTables.open(database, config)
                        .map(tables -> new Store(
                                database,
                                tables,
                                new Runs(database, tables, Samples::route),
                                new Outbox(database),
                                new Jobs(database, tables),
                                new Interventions(database, tables, Samples::route)))
                        .recover(cause -> database.close().transform(closed -> Future.failedFuture(cause))));
    }

    public Future<Void> close() {
        return database.close();
    }
}

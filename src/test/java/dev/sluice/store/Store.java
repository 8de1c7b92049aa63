package dev.sluice.store;

import dev.sluice.config.PostgresConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** The store as the pipeline puts it together. */
record Store(Database database, UserTables tables, Runs runs, Outbox outbox, Jobs jobs, Interventions interventions) {
    static Future<Store> open(Vertx vertx, PostgresConfig config) {
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

    Future<Void> close() {
        return database.close();
    }
}

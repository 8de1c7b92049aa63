package dev.sluice.store;

import dev.sluice.config.PostgresConfig;
import dev.sluice.job.Cancellation;
import dev.sluice.message.Update;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.Function;

/** All that the pipeline needs of PostgreSQL, on one pool of connections. */
public record Store(Database database, Runs runs, Outbox outbox, Jobs jobs) {

    /**
     * Opens the database, once it is there, and looks at the user's tables. Fails as {@link Database#open} and
     * {@link UserTables#open} do.
     *
     * @param route what message an update is
     * @param stop ends the waiting
     */
    public static Future<Store> open(
            Vertx vertx, PostgresConfig config, Function<Update, OutboxMessage> route, Cancellation stop) {
        return Database.open(vertx, config, stop)
                .compose(database -> UserTables.open(database, config)
                        .map(tables -> new Store(
                                database,
                                new Runs(database, tables, route),
                                new Outbox(database),
                                new Jobs(database, tables)))
                        .recover(cause -> database.close().transform(closed -> Future.failedFuture(cause))));
    }

    public Future<Void> close() {
        return database.close();
    }
}

package dev.sluice.app;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.SluiceConfig;
import dev.sluice.objectstore.OutputKeys;
import dev.sluice.objectstore.StagingArea;
import dev.sluice.objectstore.s3.S3ObjectStore;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.usertable.UserTables;
import dev.sluice.workspace.SourceCache;
import dev.sluice.workspace.Workspace;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** Database, object store and workspace of one process. */
record Storage(
        Database database,
        UserTables tables,
        S3ObjectStore objectStore,
        StagingArea staging,
        OutputKeys keys,
        Workspace workspace,
        SourceCache sourceCache) {

    /** Waits for a database that is unavailable, until the start is cancelled. */
    static Future<Storage> open(
            Vertx vertx, SluiceConfig config, S3ObjectStore objectStore, CancellationToken startup) {
        return Workspace.open(vertx, config.workspace())
                .compose(workspace -> Database.open(vertx, config.postgres(), startup)
                        .compose(database -> UserTables.open(database, config.postgres(), startup)
                                .recover(cause -> database.close().transform(closed -> Future.failedFuture(cause)))
                                .map(tables -> of(config, database, tables, objectStore, workspace))));
    }

    private static Storage of(
            SluiceConfig config, Database database, UserTables tables, S3ObjectStore objectStore, Workspace workspace) {
        return new Storage(
                database,
                tables,
                objectStore,
                new StagingArea(objectStore, config.keys().staging()),
                outputKeys(config),
                workspace,
                new SourceCache(workspace, config.workspace().sourceCacheBytes()));
    }

    /** The same database and workspace with changed keys and this object store. */
    Storage with(SluiceConfig changed, S3ObjectStore changedStore) {
        return new Storage(
                database,
                tables,
                changedStore,
                new StagingArea(changedStore, changed.keys().staging()),
                outputKeys(changed),
                workspace,
                sourceCache);
    }

    private static OutputKeys outputKeys(SluiceConfig config) {
        return new OutputKeys(config.keys(), config.profiles().qualities());
    }

    Future<?> close() {
        return Future.join(objectStore.close(), database.close());
    }
}

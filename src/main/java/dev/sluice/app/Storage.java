package dev.sluice.app;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.SluiceConfig;
import dev.sluice.objectstore.OutputKeys;
import dev.sluice.objectstore.StagingArea;
import dev.sluice.objectstore.s3.S3Metrics;
import dev.sluice.objectstore.s3.S3ObjectStore;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.usertable.UserTables;
import dev.sluice.workspace.SourceCache;
import dev.sluice.workspace.Workspace;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Database, object store and workspace of one process. */
record Storage(
        Database database,
        UserTables tables,
        S3ObjectStore objectStore,
        StagingArea staging,
        OutputKeys keys,
        Workspace workspace,
        SourceCache sourceCache) {
    private static final Logger LOG = LoggerFactory.getLogger(Storage.class);

    /**
     * Opens all parts in parallel; fails with the first failure. Waits for a database that is unavailable, until the start is
     * cancelled.
     */
    static Future<Storage> open(Vertx vertx, SluiceConfig config, S3Metrics metrics, CancellationToken startup) {
        Future<Workspace> workspace = Workspace.open(vertx, config.workspace());
        Future<S3ObjectStore> objectStore = openObjectStore(vertx, config, metrics);
        Future<Database> database = Database.open(vertx, config.postgres(), startup);
        Future<UserTables> tables = database.compose(opened -> UserTables.open(opened, config.postgres(), startup));
        return Future.all(workspace, objectStore, tables)
                .map(all -> of(config, database.result(), tables.result(), objectStore.result(), workspace.result()))
                // A part that opens later is closed then: the failure is reported without waiting for it.
                .onFailure(cause ->
                        closeUnused(objectStore.compose(S3ObjectStore::close), database.compose(Database::close)));
    }

    /** Creates the client, which blocks, on a worker thread. */
    static Future<S3ObjectStore> openObjectStore(Vertx vertx, SluiceConfig config, S3Metrics metrics) {
        return vertx.executeBlocking(() -> new S3ObjectStore(vertx, config.s3(), metrics), false);
    }

    /** Closes what a failed start has opened. */
    static void closeUnused(Future<?>... closing) {
        List.of(closing)
                .forEach(each ->
                        each.onFailure(cause -> LOG.atDebug().setCause(cause).log("not closed after a failed start")));
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

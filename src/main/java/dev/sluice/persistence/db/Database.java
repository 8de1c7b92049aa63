package dev.sluice.persistence.db;

import dev.sluice.common.async.CancellableDelay;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.PayloadExecutor;
import dev.sluice.config.PostgresConfig;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pool of connections to PostgreSQL. A call ends within seconds, whatever the state of the server. It fails with a
 * {@link dev.sluice.job.JobException}: {@code DATABASE_UNAVAILABLE} for a transient failure, {@code INTERNAL_ERROR}
 * for a bug. A failed call may have taken effect if the connection broke at its end.
 */
public final class Database {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final Duration CALL_LIMIT = Duration.ofSeconds(15);
    // A host that loses power inside a transaction would otherwise hold its locks until the TCP timeout, after hours.
    private static final String BEGIN =
            "BEGIN; SET LOCAL lock_timeout = '%dms'; SET LOCAL idle_in_transaction_session_timeout = '%ds'";
    private static final Duration LOCK = Duration.ofSeconds(5);
    /** Shorter, because all requests that share a transaction wait for a lock that one of them needs. */
    private static final Duration SHARED_LOCK = Duration.ofMillis(250);

    private static final Duration IDLE_IN_TRANSACTION = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final Pool pool;

    private Database(Vertx vertx, Pool pool) {
        this.vertx = vertx;
        this.pool = pool;
    }

    /**
     * Migrates the schema and connects. Retries while the database is unavailable, until {@code stop} is cancelled.
     * Fails with an error message if retrying does not help: wrong credentials, missing privileges, a newer schema.
     */
    public static Future<Database> open(Vertx vertx, PostgresConfig config, CancellationToken stop) {
        ConnectionSettings settings = new ConnectionSettings(config);
        return new SchemaMigration(vertx, settings, stop).run().map(migrated -> connect(vertx, settings));
    }

    /** Migrates the schema and connects as above; retries without limit while the database is unavailable. */
    public static Future<Database> open(Vertx vertx, PostgresConfig config) {
        return open(vertx, config, new CancellationToken());
    }

    /**
     * Returns one error message per problem of the database, the connection or the tables of the user; changes nothing; never
     * fails.
     */
    public static Future<List<String>> check(Vertx vertx, PostgresConfig config, List<DatabaseCheck.Table> tables) {
        return new DatabaseCheck(config, tables).run(vertx);
    }

    private static Database connect(Vertx vertx, ConnectionSettings settings) {
        return new Database(
                vertx,
                PgBuilder.pool()
                        .connectingTo(settings.connectOptions())
                        .with(settings.poolOptions())
                        .with(settings.netOptions())
                        .using(vertx)
                        .build());
    }

    /** Closes all connections; calls in progress fail. */
    public Future<Void> close() {
        // A pool that is closed from within a call that is leaving its queue never completes the close.
        return vertx.timer(1).compose(later -> pool.close());
    }

    /** Creates a delay for retries that ends with the cancellation. */
    public CancellableDelay delay(CancellationToken cancellation) {
        return new CancellableDelay(vertx, cancellation);
    }

    /** Runs one statement, a transaction of its own. */
    public Future<RowSet<Row>> execute(String sql, @Nullable Object... parameters) {
        return execute(new SqlStatement(sql, Arrays.asList(parameters)));
    }

    /** Runs one statement, a transaction of its own. */
    public Future<RowSet<Row>> execute(SqlStatement statement) {
        return limited(withConnection(connection -> new SqlSession(connection).execute(statement)), CALL_LIMIT);
    }

    /** Runs {@code work} in a transaction: commits if it returns a value, rolls back if it returns none or fails. */
    public <T> Future<Optional<T>> transaction(Function<SqlSession, Future<Optional<T>>> work) {
        return limited(begin(work, IDLE_IN_TRANSACTION), CALL_LIMIT);
    }

    /**
     * Runs {@code work} in a transaction that may be shared with other work of this kind. If one of them fails or
     * returns no value, all are rolled back and each runs in its own transaction, so that {@code work} may run twice.
     * {@code work} must wait for the database only, and lock only what {@code key} identifies.
     */
    public <T> Future<Optional<T>> batchedTransaction(
            String kind, String key, Function<SqlSession, Future<Optional<T>>> work) {
        Context context = Vertx.currentContext();
        if (context == null || !context.isEventLoopContext()) {
            return transaction(work);
        }
        BatchKey place = new BatchKey(this, kind);
        TransactionBatcher shared = context.get(place);
        if (shared == null) {
            shared = new TransactionBatcher(this, context);
            context.put(place, shared);
        }
        return shared.run(key, work);
    }

    /**
     * As above, if a payload of this size is encoded or decoded on the event loop. Otherwise {@code work} may also wait for a
     * {@link PayloadExecutor}, and runs in its own transaction, because no other work may wait for that.
     */
    public <T> Future<Optional<T>> batchedTransaction(
            String kind, String key, int bytes, Function<SqlSession, Future<Optional<T>>> work) {
        return bytes > PayloadExecutor.MAX_EVENT_LOOP_BYTES ? transaction(work) : batchedTransaction(kind, key, work);
    }

    private record BatchKey(Database database, String name) {}

    /**
     * Runs all requests in one transaction. Returns the actions to run after the commit, or empty if the transaction
     * was rolled back. Fails if the outcome is unknown.
     */
    Future<Optional<List<Runnable>>> executeBatch(List<TransactionBatcher.Request<?>> members, Context context) {
        return limited(
                withConnection(connection ->
                        allOrNone(new SqlSession(connection), new StatementBatcher(connection, context), members)),
                CALL_LIMIT);
    }

    private static Future<Optional<List<Runnable>>> allOrNone(
            SqlSession session, StatementBatcher batches, List<TransactionBatcher.Request<?>> members) {
        Future<Void> begun = session.executeRaw(begin(SHARED_LOCK, IDLE_IN_TRANSACTION));
        List<Future<Optional<Runnable>>> works = members.stream()
                .map(member -> member.begin(batches.newSession()))
                .toList();
        return Future.join(begun, Future.join(works))
                .map(all -> works.stream().allMatch(work -> work.result().isPresent()))
                .otherwise(false)
                .compose(all -> session.executeRaw(all ? "COMMIT" : "ROLLBACK")
                        .map(done -> all
                                ? Optional.of(works.stream()
                                        .flatMap(work -> work.result().stream())
                                        .toList())
                                : Optional.empty()));
    }

    private static String begin(Duration lock, Duration idle) {
        return BEGIN.formatted(lock.toMillis(), idle.toSeconds());
    }

    /** Runs {@code work} in a transaction that may wait up to {@code pause} for something other than the database. */
    public <T> Future<Optional<T>> transaction(Duration pause, Function<SqlSession, Future<Optional<T>>> work) {
        return limited(begin(work, IDLE_IN_TRANSACTION.plus(pause)), CALL_LIMIT.plus(pause));
    }

    private <T> Future<Optional<T>> begin(Function<SqlSession, Future<Optional<T>>> work, Duration idleLimit) {
        return withConnection(connection -> ended(connection, work, idleLimit));
    }

    // The time limit of the pool can complete a request twice, which Vert.x logs as an error (vertx-sql-client#1567).
    private <T> Future<T> withConnection(Function<SqlConnection, Future<T>> work) {
        Future<SqlConnection> requested = pool.getConnection();
        return requested
                .timeout(ConnectionSettings.CONNECT_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                .onFailure(late -> requested.compose(Database::release))
                .compose(connection -> work.apply(connection).eventually(() -> release(connection)));
    }

    private static Future<Void> release(SqlConnection connection) {
        return connection.close().otherwiseEmpty();
    }

    // Vert.x's own transaction turns every commit after a failed statement into a rollback, even if the failure was
    // undone by a savepoint.
    private static <T> Future<Optional<T>> ended(
            SqlConnection connection, Function<SqlSession, Future<Optional<T>>> work, Duration idleLimit) {
        SqlSession session = new SqlSession(connection);
        Future<Void> begun = session.executeRaw(begin(LOCK, idleLimit));
        Future<Optional<T>> worked = Future.<Void>succeededFuture().compose(now -> work.apply(session));
        return Future.join(begun, worked)
                .map(both -> worked.result())
                .compose(
                        value -> session.executeRaw(value.isPresent() ? "COMMIT" : "ROLLBACK")
                                .map(done -> value),
                        cause -> session.executeRaw("ROLLBACK")
                                .onFailure(Database::alreadyBroken)
                                .transform(rolledBack -> Future.failedFuture(cause)));
    }

    private static void alreadyBroken(Throwable cause) {
        LOG.atDebug().addKeyValue("error", String.valueOf(cause.getMessage())).log("rollback failed");
    }

    private static <T> Future<T> limited(Future<T> call, Duration limit) {
        return call.timeout(limit.toMillis(), TimeUnit.MILLISECONDS)
                .recover(cause -> Future.failedFuture(SqlErrorClassifier.translate(cause)));
    }
}

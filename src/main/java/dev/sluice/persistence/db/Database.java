package dev.sluice.persistence.db;

import dev.sluice.common.async.CancellableDelay;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.PostgresConfig;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
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
 * The connections to PostgreSQL. A call ends within seconds whatever happens to the server; it fails with a
 * {@link dev.sluice.job.JobException}: {@code DATABASE_UNAVAILABLE} for what passes, {@code INTERNAL_ERROR} for a bug. A call
 * that failed may have taken effect all the same, if the connection broke at its end.
 */
public final class Database {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final Duration CALL_LIMIT = Duration.ofSeconds(15);
    // A host that loses power inside a transaction would otherwise hold its locks until TCP gives up, after hours.
    private static final String BEGIN =
            "BEGIN; SET LOCAL lock_timeout = '%dms'; SET LOCAL idle_in_transaction_session_timeout = '%ds'";
    private static final Duration LOCK = Duration.ofSeconds(5);
    /** Of those that share a transaction each would wait for the lock that one of them needs. */
    private static final Duration SHARED_LOCK = Duration.ofMillis(250);

    private static final Duration IDLE_IN_TRANSACTION = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final Pool pool;

    private Database(Vertx vertx, Pool pool) {
        this.vertx = vertx;
        this.pool = pool;
    }

    /**
     * Brings the schema up to date and connects; a database that is not up yet is waited for until {@code stop} is
     * cancelled. Fails with a sentence when waiting does not help: wrong credentials, missing rights, a newer schema.
     */
    public static Future<Database> open(Vertx vertx, PostgresConfig config, CancellationToken stop) {
        ConnectionSettings settings = new ConnectionSettings(config);
        return new SchemaMigration(vertx, settings, stop).run().map(migrated -> connect(vertx, settings));
    }

    /** As above, waiting until the database is there. */
    public static Future<Database> open(Vertx vertx, PostgresConfig config) {
        return open(vertx, config, new CancellationToken());
    }

    /** Says what is wrong with the database or the way to it, a sentence each; changes nothing; never fails. */
    public static Future<List<String>> check(Vertx vertx, PostgresConfig config) {
        return new DatabaseCheck(config).run(vertx);
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

    /** Closes all connections; calls that are under way fail. */
    public Future<Void> close() {
        // A pool that is told to close by a call that gives up its place in its queue never says that it is closed.
        return vertx.timer(1).compose(later -> pool.close());
    }

    /** Delays that end with the cancellation, for retries. */
    public CancellableDelay delay(CancellationToken cancellation) {
        return new CancellableDelay(vertx, cancellation);
    }

    /** Runs one statement, a transaction of its own. */
    public Future<RowSet<Row>> execute(String sql, @Nullable Object... parameters) {
        return execute(new SqlStatement(sql, Arrays.asList(parameters)));
    }

    /** Runs one statement, a transaction of its own. */
    public Future<RowSet<Row>> execute(SqlStatement statement) {
        return limited(pool.preparedQuery(statement.sql()).execute(Tuple.from(statement.parameters())), CALL_LIMIT);
    }

    /** Runs {@code work} in a transaction: commits what gives a value, rolls back what gives none or fails. */
    public <T> Future<Optional<T>> transaction(Function<SqlSession, Future<Optional<T>>> work) {
        return limited(begin(work, IDLE_IN_TRANSACTION), CALL_LIMIT);
    }

    /**
     * Runs {@code work} in a transaction that it may share with others of its kind, and that is rolled back for all of them when
     * one fails or gives none: then each is tried by itself, so that {@code work} may run twice. It waits for nothing but the
     * database, and locks only what {@code key} stands for.
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

    private record BatchKey(Database database, String name) {}

    /**
     * Runs them all in one transaction; gives what makes known that it is committed, or nothing when it was rolled back. Fails when
     * nobody knows.
     */
    Future<Optional<List<Runnable>>> executeBatch(List<TransactionBatcher.Request<?>> members, Context context) {
        return limited(
                pool.getConnection()
                        .compose(connection -> allOrNone(
                                        new SqlSession(connection), new StatementBatcher(connection, context), members)
                                .eventually(() -> connection.close().otherwiseEmpty())),
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

    /** A transaction that waits up to {@code pause} for something else than the database. */
    public <T> Future<Optional<T>> transaction(Duration pause, Function<SqlSession, Future<Optional<T>>> work) {
        return limited(begin(work, IDLE_IN_TRANSACTION.plus(pause)), CALL_LIMIT.plus(pause));
    }

    private <T> Future<Optional<T>> begin(Function<SqlSession, Future<Optional<T>>> work, Duration idleLimit) {
        return pool.getConnection()
                .compose(connection -> ended(connection, work, idleLimit)
                        .eventually(() -> connection.close().otherwiseEmpty()));
    }

    // Not Vert.x's own transaction: that one turns every commit after a failed statement into a rollback, also when the
    // failure was undone by a savepoint.
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
        LOG.atDebug().addKeyValue("error", String.valueOf(cause.getMessage())).log("rollback not possible");
    }

    private static <T> Future<T> limited(Future<T> call, Duration limit) {
        return call.timeout(limit.toMillis(), TimeUnit.MILLISECONDS)
                .recover(cause -> Future.failedFuture(SqlErrorClassifier.translate(cause)));
    }
}

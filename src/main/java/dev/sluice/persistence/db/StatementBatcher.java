package dev.sluice.persistence.db;

import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.sqlclient.PreparedQuery;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;

/**
 * Batches the statements that several units of work request in one turn of the event loop. Each SQL text is sent
 * once, with the values of all its requests, provided that the statements of each unit of work keep their order.
 */
final class StatementBatcher {
    private final SqlConnection connection;
    private final Context context;
    private List<Batch> waiting = new ArrayList<>();
    private int turn;

    /**
     * Creates a batcher without statements.
     *
     * @param context the only context on which statements may be requested and are answered
     */
    StatementBatcher(SqlConnection connection, Context context) {
        this.connection = connection;
        this.context = context;
    }

    private record PendingCall(Tuple values, Promise<RowSet<Row>> answer) {}

    private record Batch(String sql, List<PendingCall> asked) {}

    /** Returns a session on the connection for one unit of work. */
    SqlSession newSession() {
        return new BatchingSession();
    }

    /** Adds to the first batch with this text at or after {@code earliest}, and returns the index of the batch. */
    private int add(String sql, PendingCall asked, int earliest) {
        if (waiting.isEmpty()) {
            context.runOnContext(end -> send());
        }
        int place = earliest;
        while (place < waiting.size() && !waiting.get(place).sql().equals(sql)) {
            place++;
        }
        if (place == waiting.size()) {
            waiting.add(new Batch(sql, new ArrayList<>()));
        }
        waiting.get(place).asked().add(asked);
        return place;
    }

    private void send() {
        List<Batch> batches = waiting;
        waiting = new ArrayList<>();
        turn++;
        batches.forEach(batch -> execute(connection.preparedQuery(batch.sql()), batch.asked())
                .onComplete(answered -> answer(batch.asked(), answered)));
    }

    private static Future<RowSet<Row>> execute(PreparedQuery<RowSet<Row>> query, List<PendingCall> asked) {
        return asked.size() == 1
                ? query.execute(asked.get(0).values())
                : query.executeBatch(asked.stream().map(PendingCall::values).toList());
    }

    private static void answer(List<PendingCall> asked, AsyncResult<RowSet<Row>> answered) {
        if (answered.failed()) {
            asked.forEach(one -> one.answer().fail(answered.cause()));
            return;
        }
        RowSet<Row> rows = answered.result();
        for (PendingCall one : asked) {
            one.answer().complete(rows);
            rows = rows.next();
        }
    }

    /** Session of one unit of work; a failure can only be handled by rolling back all units of work. */
    private final class BatchingSession extends SqlSession {
        private int asked = -1;
        private int place;

        BatchingSession() {
            super(connection);
        }

        @Override
        public Future<RowSet<Row>> execute(SqlStatement statement) {
            Promise<RowSet<Row>> answer = Promise.promise();
            place = add(
                    statement.sql(),
                    new PendingCall(Tuple.from(statement.parameters()), answer),
                    asked == turn ? place : 0);
            asked = turn;
            return answer.future();
        }

        /** Sets no savepoint, because {@link #rollbackToSavepoint} always fails. */
        @Override
        public Future<Void> savepoint() {
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> rollbackToSavepoint() {
            return Future.failedFuture(new IllegalStateException("works that share a transaction fail together"));
        }
    }
}

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
 * The statements that several works ask for in one turn of the event loop, sent together: each SQL text once, with the values of
 * all who ask for it, as long as the statements of each work keep their order.
 */
final class StatementBatcher {
    private final SqlConnection connection;
    private final Context context;
    private List<Batch> waiting = new ArrayList<>();
    private int turn;

    /**
     * None yet.
     *
     * @param context on which statements are asked for and answered, and nowhere else
     */
    StatementBatcher(SqlConnection connection, Context context) {
        this.connection = connection;
        this.context = context;
    }

    private record PendingCall(Tuple values, Promise<RowSet<Row>> answer) {}

    private record Batch(String sql, List<PendingCall> asked) {}

    /** What one of the works sees of the connection. */
    SqlSession newSession() {
        return new BatchingSession();
    }

    /** Adds to the first batch with this text that is not before {@code earliest}, and gives which that is. */
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

    /** There is no way back from a failure but to give up all of the works. */
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

        /** Not taken. */
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

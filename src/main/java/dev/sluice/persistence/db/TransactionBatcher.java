package dev.sluice.persistence.db;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Batches transactions of one kind that are requested on one context. Requests received while a transaction is in
 * progress share the next one; any other request runs immediately. If one request of a batch fails or returns no
 * value, the batch is rolled back and each request runs in its own transaction.
 */
final class TransactionBatcher {
    /** Large enough to make round trips and commits cheap, small enough to end soon. */
    private static final int MAX_BATCH_SIZE = 64;

    private final Database database;
    private final Context context;
    private final List<Request<?>> waiting = new ArrayList<>();
    private boolean busy;

    TransactionBatcher(Database database, Context context) {
        this.database = database;
        this.context = context;
    }

    /**
     * A request to run work in a shared transaction.
     *
     * @param key what the work locks; a transaction has one request per key, and keys are locked in their order
     */
    record Request<T>(String key, Function<SqlSession, Future<Optional<T>>> work, Promise<Optional<T>> outcome) {
        /** Runs the work; the result is an action that completes the outcome and is to be run after the commit. */
        Future<Optional<Runnable>> begin(SqlSession session) {
            return Future.<Void>succeededFuture()
                    .compose(now -> work.apply(session))
                    .map(value -> value.map(given -> () -> outcome.complete(Optional.of(given))));
        }

        void alone(Database database) {
            database.transaction(work).onComplete(outcome);
        }
    }

    /** Runs {@code work} as {@link Database#transaction(Function)} does, perhaps together with others. */
    <T> Future<Optional<T>> run(String key, Function<SqlSession, Future<Optional<T>>> work) {
        Request<T> member = new Request<>(key, work, Promise.promise());
        waiting.add(member);
        if (!busy) {
            next();
        }
        return member.outcome().future();
    }

    private void next() {
        List<Request<?>> members = take();
        busy = !members.isEmpty();
        if (members.size() == 1) {
            Request<?> only = members.get(0);
            only.alone(database);
            only.outcome().future().onComplete(ended -> next());
        } else if (busy) {
            runBatch(members);
        }
    }

    private void runBatch(List<Request<?>> members) {
        database.executeBatch(members, context).onComplete(answered -> {
            if (answered.failed()) {
                members.forEach(member -> member.outcome().fail(answered.cause()));
            } else if (answered.result().isPresent()) {
                answered.result().get().forEach(Runnable::run);
            } else {
                // The next batch does not wait for these: one of them may have to wait for a lock.
                members.forEach(member -> member.alone(database));
            }
            next();
        });
    }

    private List<Request<?>> take() {
        List<Request<?>> taken = new ArrayList<>();
        Set<String> keys = new HashSet<>();
        Iterator<Request<?>> each = waiting.iterator();
        while (each.hasNext() && taken.size() < MAX_BATCH_SIZE) {
            Request<?> member = each.next();
            if (keys.add(member.key())) {
                taken.add(member);
                each.remove();
            }
        }
        taken.sort(Comparator.comparing(Request::key));
        return taken;
    }
}

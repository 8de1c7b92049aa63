package dev.sluice.backend.admin;

import dev.sluice.backend.job.JobControlService;
import dev.sluice.backend.job.OperationResult;
import dev.sluice.broker.DeadLetterBrowser;
import dev.sluice.broker.Delivery;
import dev.sluice.broker.Topology;
import dev.sluice.common.async.ParallelTasks;
import dev.sluice.config.RabbitMqConfig;
import dev.sluice.job.ErrorCode;
import dev.sluice.message.DeadLetterHeaders;
import dev.sluice.persistence.outbox.Outbox;
import dev.sluice.persistence.outbox.OutboxMessage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Lists, replays and discards dead letters. A dead letter is removed from the queue only after the effect of its replay is
 * committed to the database; after a failure in between it is still in the queue. Dead letters that another process is
 * browsing are not visible.
 */
public final class DeadLetterService {
    /** Limits the memory for browsed messages, here and in the broker. */
    private static final int MAX_LETTERS = 10_000;

    private static final long MAX_BYTES = 64L << 20;
    /** Of the list as JSON, which is encoded on an event loop. */
    private static final int MAX_LIST_CHARS = 4 << 20;

    private static final int MIN_ID_PREFIX = 4;

    private final Vertx vertx;
    private final RabbitMqConfig broker;
    private final Outbox outbox;
    private final JobControlService jobs;
    private final int max;

    public DeadLetterService(Vertx vertx, RabbitMqConfig broker, Outbox outbox, JobControlService jobs) {
        this(vertx, broker, outbox, jobs, MAX_LETTERS);
    }

    DeadLetterService(Vertx vertx, RabbitMqConfig broker, Outbox outbox, JobControlService jobs, int max) {
        this.vertx = vertx;
        this.broker = broker;
        this.outbox = outbox;
        this.jobs = jobs;
        this.max = max;
    }

    /** As {@link #list}, for the API; built on a worker thread, because the list may be long. */
    public Future<JsonObject> listAsJson() {
        return list().compose(page -> vertx.executeBlocking(page::toJson, false));
    }

    /** The dead letters, oldest first, without bodies: at most 10,000 of at most 64 MiB, with at most 4 MiB in the list. */
    public Future<DeadLetterPage> list() {
        return withBrowser(browser -> {
            List<DeadLetterSummary> letters = new ArrayList<>();
            return browser.fetch(max, MAX_BYTES, new SummaryReader(letters))
                    .map(read -> new DeadLetterPage(letters, browser.hasMore()));
        });
    }

    /** The dead letter with this ID or unique ID prefix. */
    public Future<Optional<DeadLetter>> find(String id) {
        return withBrowser(browser -> fetch(browser, List.of(id))
                .map(held -> matching(id, held).stream().findFirst().map(HeldLetter::letter)));
    }

    /**
     * Restarts the failed stage of each dead letter, or returns an undecodable message to its queue, and removes those that
     * succeeded. One result for each ID.
     */
    public Future<List<OperationResult>> replay(List<String> ids) {
        return each(ids, this::replay);
    }

    /** Permanently discards dead letters; their jobs remain FAILED. One result for each ID. */
    public Future<List<OperationResult>> discard(List<String> ids) {
        return each(ids, letter -> Future.succeededFuture(OperationResult.applied(letter.id(), "Discarded.")));
    }

    private Future<OperationResult> replay(DeadLetter letter) {
        boolean undecodable = letter.details().errorCode().equals(Optional.of(ErrorCode.INVALID_MESSAGE.wire()));
        // A dead-lettered update does not restart its job.
        boolean update = letter.details().queue().equals(Optional.of(Topology.UPDATES_QUEUE));
        if (undecodable || update || letter.job().isEmpty()) {
            return returnToQueue(letter);
        }
        return jobs.retry(letter.job().get()).compose(result -> switch (result.kind()) {
            case APPLIED ->
                Future.succeededFuture(
                        OperationResult.applied(letter.id(), "Job " + result.target() + ": " + result.message()));
            case CONFLICT ->
                Future.succeededFuture(OperationResult.conflict(
                        letter.id(),
                        "Job " + result.target() + ": " + result.message()
                                + " Discard the dead letter if it is not needed."));
            // The database was replaced, or another program published the message.
            case NOT_FOUND -> returnToQueue(letter);
        });
    }

    /** Returns the unchanged message to its queue, where the stage validates it again. */
    private Future<OperationResult> returnToQueue(DeadLetter letter) {
        Optional<String> queue = letter.details().queue().filter(Topology.INPUT_QUEUES::contains);
        if (queue.isEmpty()) {
            return Future.succeededFuture(OperationResult.conflict(
                    letter.id(), "The job is unknown, and the headers name no queue of Sluice."));
        }
        if (letter.headers().getBoolean(DeadLetterHeaders.TRUNCATED, false)) {
            return Future.succeededFuture(
                    OperationResult.conflict(letter.id(), "The message is truncated: it exceeded the size limit."));
        }
        return outbox.enqueue(OutboxMessage.of(Topology.DEFAULT_EXCHANGE, queue.get(), letter.body()))
                .map(put -> OperationResult.applied(letter.id(), "Returned to " + queue.get() + "."));
    }

    private Future<List<OperationResult>> each(List<String> ids, Function<DeadLetter, Future<OperationResult>> action) {
        List<String> distinct = ids.stream().distinct().toList();
        return withBrowser(browser -> fetch(browser, distinct).compose(held -> {
            List<OperationResult> results = new ArrayList<>();
            return ParallelTasks.sequentially(
                            distinct,
                            id -> applyTo(browser, held, id, action)
                                    .onSuccess(results::add)
                                    .mapEmpty())
                    .map(results);
        }));
    }

    /** Those of the first dead letters whose ID is among these, or begins with one of them. */
    private Future<List<HeldLetter>> fetch(DeadLetterBrowser browser, List<String> ids) {
        List<HeldLetter> held = new ArrayList<>();
        return browser.fetch(max, MAX_BYTES, delivery -> {
                    DeadLetterSummary summary = DeadLetterSummary.from(delivery);
                    if (ids.stream().anyMatch(id -> isMatch(id, summary.id()))) {
                        held.add(new HeldLetter(DeadLetter.from(summary, delivery), delivery));
                    }
                    return true;
                })
                .map(read -> held);
    }

    /** Copies with the same ID are one dead letter. */
    private static Future<OperationResult> applyTo(
            DeadLetterBrowser browser,
            List<HeldLetter> held,
            String id,
            Function<DeadLetter, Future<OperationResult>> action) {
        List<HeldLetter> copies = matching(id, held);
        if (copies.isEmpty()) {
            return Future.succeededFuture(OperationResult.notFound(
                    id,
                    "Dead letter not found" + (browser.hasMore() ? " among the first " + browser.fetchedCount() : "")
                            + ", or another process is browsing it."));
        }
        return action.apply(copies.get(0).letter())
                .compose(result -> result.isApplied()
                        ? browser.acknowledge(copies.stream()
                                        .map(HeldLetter::delivery)
                                        .toList())
                                .map(result)
                        : Future.succeededFuture(result));
    }

    /** All copies of the dead letter with this ID, or else with this unique ID prefix. */
    private static List<HeldLetter> matching(String id, List<HeldLetter> held) {
        Map<String, List<HeldLetter>> byId = held.stream()
                .filter(one -> isMatch(id, one.letter().id()))
                .collect(Collectors.groupingBy(one -> one.letter().id(), LinkedHashMap::new, Collectors.toList()));
        List<HeldLetter> exact = byId.get(id);
        if (exact != null) {
            return exact;
        }
        return byId.size() == 1 ? byId.values().iterator().next() : List.of();
    }

    private static boolean isMatch(String idOrPrefix, String id) {
        return id.equals(idOrPrefix) || (idOrPrefix.length() >= MIN_ID_PREFIX && id.startsWith(idOrPrefix));
    }

    private <T> Future<T> withBrowser(Function<DeadLetterBrowser, Future<T>> action) {
        return DeadLetterBrowser.open(vertx, broker)
                .compose(browser ->
                        Future.succeededFuture(browser).compose(action).eventually(browser::close));
    }

    /** A dead letter and its unacknowledged delivery. */
    private record HeldLetter(DeadLetter letter, Delivery delivery) {}

    /** Collects summaries until they need too much memory as JSON. */
    private static final class SummaryReader implements Predicate<Delivery> {
        private final List<DeadLetterSummary> letters;
        private int chars;

        SummaryReader(List<DeadLetterSummary> letters) {
            this.letters = letters;
        }

        @Override
        public boolean test(Delivery delivery) {
            DeadLetterSummary summary = DeadLetterSummary.from(delivery);
            letters.add(summary);
            chars += summary.toJson().encode().length();
            return chars < MAX_LIST_CHARS;
        }
    }
}

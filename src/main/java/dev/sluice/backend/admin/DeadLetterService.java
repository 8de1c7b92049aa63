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
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The dead letters: what there is, starting the failed stage of one anew, dropping one. The queue is the truth about them. A
 * letter leaves it only after what follows from that is in the database; if that breaks off in between, the letter is still
 * there. Letters that somebody else looks at in the same moment are not seen.
 */
public final class DeadLetterService {
    /** More than a person reads; the broker holds what is looked at, and so do we. */
    private static final int MAX_LETTERS = 10_000;

    private static final long MAX_BYTES = 64L << 20;
    /** Short enough to type, long enough to be meant. */
    private static final int MIN_ID_PREFIX = 4;

    private static final Set<String> QUEUES = Set.of(
            Topology.DOWNLOAD_QUEUE,
            Topology.PROCESSING_QUEUE,
            Topology.SEGMENTS_QUEUE,
            Topology.JOINS_QUEUE,
            Topology.UPLOAD_QUEUE,
            Topology.UPDATES_QUEUE,
            Topology.REQUESTS_QUEUE);

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

    /** The letters, oldest first, up to 10,000 of them or 64 MiB. */
    public Future<DeadLetterPage> list() {
        return withBrowser((browser, taken) -> Future.succeededFuture(
                new DeadLetterPage(taken.stream().map(HeldLetter::letter).toList(), browser.hasMore())));
    }

    /** The letter of this id, or of the only one that begins so. */
    public Future<Optional<DeadLetter>> find(String id) {
        return withBrowser((browser, taken) ->
                Future.succeededFuture(matching(id, taken).stream().findFirst().map(HeldLetter::letter)));
    }

    /**
     * Starts the failed stage of each of these letters anew, or puts one that could not be read back into the queue that it
     * came from, and takes those out for which that worked. One answer for each id.
     */
    public Future<List<OperationResult>> replay(List<String> ids) {
        return each(ids, this::replay);
    }

    /** Takes these letters out for good; their jobs stay FAILED. One answer for each id. */
    public Future<List<OperationResult>> discard(List<String> ids) {
        return each(
                ids,
                letter -> Future.succeededFuture(
                        new OperationResult(letter.id(), OperationResult.Kind.APPLIED, "Dropped.")));
    }

    private Future<OperationResult> replay(DeadLetter letter) {
        boolean unreadable = letter.details().errorCode().equals(Optional.of(ErrorCode.INVALID_MESSAGE.wire()));
        // News of a job is no reason to do it again.
        boolean news = letter.details().queue().equals(Optional.of(Topology.UPDATES_QUEUE));
        if (unreadable || news || letter.job().isEmpty()) {
            return returnToQueue(letter);
        }
        return jobs.retry(letter.job().get()).compose(result -> switch (result.kind()) {
            case APPLIED ->
                Future.succeededFuture(new OperationResult(
                        letter.id(), OperationResult.Kind.APPLIED, "Job " + result.target() + ": " + result.message()));
            case CONFLICT ->
                Future.succeededFuture(new OperationResult(
                        letter.id(),
                        OperationResult.Kind.CONFLICT,
                        "Job " + result.target() + ": " + result.message()
                                + " If the letter is of no more use, drop it."));
            // A database that was set up anew, or a message that was put here by hand.
            case NOT_FOUND -> returnToQueue(letter);
        });
    }

    /** As it was, to where it came from: it is for the stage to say what is wrong with it. */
    private Future<OperationResult> returnToQueue(DeadLetter letter) {
        Optional<String> queue = letter.details().queue().filter(QUEUES::contains);
        if (queue.isEmpty()) {
            return Future.succeededFuture(new OperationResult(
                    letter.id(),
                    OperationResult.Kind.CONFLICT,
                    "It is about no job that is known here and does not say which queue it came from."));
        }
        if (letter.headers().getBoolean(DeadLetterHeaders.TRUNCATED, false)) {
            return Future.succeededFuture(new OperationResult(
                    letter.id(),
                    OperationResult.Kind.CONFLICT,
                    "Only its beginning was kept, because it is larger than a message may be."));
        }
        return outbox.enqueue(new OutboxMessage(
                        Topology.DEFAULT_EXCHANGE,
                        queue.get(),
                        letter.body(),
                        new JsonObject(),
                        UUID.randomUUID().toString(),
                        Optional.empty(),
                        Duration.ZERO))
                .map(put ->
                        new OperationResult(letter.id(), OperationResult.Kind.APPLIED, "Back in " + queue.get() + "."));
    }

    private Future<List<OperationResult>> each(List<String> ids, Function<DeadLetter, Future<OperationResult>> action) {
        return withBrowser((browser, taken) -> {
            List<OperationResult> answers = new ArrayList<>();
            return ParallelTasks.sequentially(
                            ids.stream().distinct().toList(),
                            id -> one(browser, taken, id, action)
                                    .onSuccess(answers::add)
                                    .mapEmpty())
                    .map(answers);
        });
    }

    /** A letter that came twice under its one id is one letter. */
    private static Future<OperationResult> one(
            DeadLetterBrowser browser,
            List<HeldLetter> taken,
            String id,
            Function<DeadLetter, Future<OperationResult>> action) {
        List<HeldLetter> copies = matching(id, taken);
        if (copies.isEmpty()) {
            return Future.succeededFuture(new OperationResult(
                    id,
                    OperationResult.Kind.NOT_FOUND,
                    "No dead letter of this id" + (browser.hasMore() ? " among the first " + taken.size() : "")
                            + "; or somebody else is looking at it at this moment."));
        }
        return action.apply(copies.get(0).letter())
                .compose(result -> result.isApplied()
                        ? browser.acknowledge(copies.stream()
                                        .map(HeldLetter::delivery)
                                        .toList())
                                .map(result)
                        : Future.succeededFuture(result));
    }

    /** All copies of the letter of this id, or else of the only id that begins so. */
    private static List<HeldLetter> matching(String id, List<HeldLetter> taken) {
        Map<String, List<HeldLetter>> byId = taken.stream()
                .filter(one -> one.letter().id().equals(id)
                        || (id.length() >= MIN_ID_PREFIX && one.letter().id().startsWith(id)))
                .collect(Collectors.groupingBy(one -> one.letter().id(), LinkedHashMap::new, Collectors.toList()));
        List<HeldLetter> exact = byId.get(id);
        if (exact != null) {
            return exact;
        }
        return byId.size() == 1 ? byId.values().iterator().next() : List.of();
    }

    private <T> Future<T> withBrowser(BrowserAction<T> look) {
        return DeadLetterBrowser.open(vertx, broker)
                .compose(browser -> browser.fetch(max, MAX_BYTES)
                        .map(deliveries -> deliveries.stream()
                                .map(delivery -> new HeldLetter(DeadLetter.from(delivery), delivery))
                                .toList())
                        .compose(taken -> look.at(browser, taken))
                        .eventually(browser::close));
    }

    /** A letter and what it came with. */
    private record HeldLetter(DeadLetter letter, Delivery delivery) {}

    /** What is done while the letters are held. */
    @FunctionalInterface
    private interface BrowserAction<T> {
        Future<T> at(DeadLetterBrowser browser, List<HeldLetter> taken);
    }
}

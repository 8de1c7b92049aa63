package dev.sluice.backend.admin;

import dev.sluice.backend.job.JobControlService;
import dev.sluice.backend.job.OperationResult;
import dev.sluice.broker.DeadLetterBrowser;
import dev.sluice.broker.Delivery;
import dev.sluice.broker.Topology;
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
    private static final int MOST = 10_000;

    private static final long MOST_BYTES = 64L << 20;
    /** Short enough to type, long enough to be meant. */
    private static final int SHORTEST_PREFIX = 4;

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
    private final int most;

    public DeadLetterService(Vertx vertx, RabbitMqConfig broker, Outbox outbox, JobControlService jobs) {
        this(vertx, broker, outbox, jobs, MOST);
    }

    DeadLetterService(Vertx vertx, RabbitMqConfig broker, Outbox outbox, JobControlService jobs, int most) {
        this.vertx = vertx;
        this.broker = broker;
        this.outbox = outbox;
        this.jobs = jobs;
        this.most = most;
    }

    /** The letters, oldest first, up to 10,000 of them or 64 MiB. */
    public Future<DeadLetterPage> list() {
        return looking((browser, taken) -> Future.succeededFuture(
                new DeadLetterPage(taken.stream().map(Taken::letter).toList(), browser.hasMore())));
    }

    /** The letter of this id, or of the only one that begins so. */
    public Future<Optional<DeadLetter>> find(String id) {
        return looking((browser, taken) ->
                Future.succeededFuture(named(id, taken).stream().findFirst().map(Taken::letter)));
    }

    /**
     * Starts the failed stage of each of these letters anew, or puts one that could not be read back into the queue that it
     * came from, and takes those out for which that worked. One answer for each id.
     */
    public Future<List<OperationResult>> replay(List<String> ids) {
        return each(ids, this::replay);
    }

    /** Takes these letters out for good; their jobs stay FAILED. One answer for each id. */
    public Future<List<OperationResult>> drop(List<String> ids) {
        return each(
                ids,
                letter -> Future.succeededFuture(
                        new OperationResult(letter.id(), OperationResult.Kind.DONE, "Dropped.")));
    }

    private Future<OperationResult> replay(DeadLetter letter) {
        boolean unreadable = letter.note().errorCode().equals(Optional.of(ErrorCode.INVALID_MESSAGE.wire()));
        // News of a job is no reason to do it again.
        boolean news = letter.note().queue().equals(Optional.of(Topology.UPDATES_QUEUE));
        if (unreadable || news || letter.job().isEmpty()) {
            return putBack(letter);
        }
        return jobs.retry(letter.job().get()).compose(answer -> switch (answer.kind()) {
            case DONE ->
                Future.succeededFuture(new OperationResult(
                        letter.id(), OperationResult.Kind.DONE, "Job " + answer.about() + ": " + answer.sentence()));
            case REFUSED ->
                Future.succeededFuture(new OperationResult(
                        letter.id(),
                        OperationResult.Kind.REFUSED,
                        "Job " + answer.about() + ": " + answer.sentence()
                                + " If the letter is of no more use, drop it."));
            // A database that was set up anew, or a message that was put here by hand.
            case UNKNOWN -> putBack(letter);
        });
    }

    /** As it was, to where it came from: it is for the stage to say what is wrong with it. */
    private Future<OperationResult> putBack(DeadLetter letter) {
        Optional<String> queue = letter.note().queue().filter(QUEUES::contains);
        if (queue.isEmpty()) {
            return Future.succeededFuture(new OperationResult(
                    letter.id(),
                    OperationResult.Kind.REFUSED,
                    "It is about no job that is known here and does not say which queue it came from."));
        }
        if (letter.headers().getBoolean(DeadLetterHeaders.CUT, false)) {
            return Future.succeededFuture(new OperationResult(
                    letter.id(),
                    OperationResult.Kind.REFUSED,
                    "Only its beginning was kept, because it is larger than a message may be."));
        }
        return outbox.put(new OutboxMessage(
                        Topology.DEFAULT_EXCHANGE,
                        queue.get(),
                        letter.body(),
                        new JsonObject(),
                        UUID.randomUUID().toString(),
                        Optional.empty(),
                        Duration.ZERO))
                .map(put ->
                        new OperationResult(letter.id(), OperationResult.Kind.DONE, "Back in " + queue.get() + "."));
    }

    private Future<List<OperationResult>> each(List<String> ids, Function<DeadLetter, Future<OperationResult>> action) {
        return looking((browser, taken) -> {
            List<OperationResult> answers = new ArrayList<>();
            Future<Void> done = Future.succeededFuture();
            for (String id : ids.stream().distinct().toList()) {
                done = done.compose(before -> one(browser, taken, id, action))
                        .onSuccess(answers::add)
                        .mapEmpty();
            }
            return done.map(answers);
        });
    }

    /** A letter that came twice under its one id is one letter. */
    private static Future<OperationResult> one(
            DeadLetterBrowser browser,
            List<Taken> taken,
            String id,
            Function<DeadLetter, Future<OperationResult>> action) {
        List<Taken> copies = named(id, taken);
        if (copies.isEmpty()) {
            return Future.succeededFuture(new OperationResult(
                    id,
                    OperationResult.Kind.UNKNOWN,
                    "No dead letter of this id" + (browser.hasMore() ? " among the first " + taken.size() : "")
                            + "; or somebody else is looking at it at this moment."));
        }
        return action.apply(copies.get(0).letter())
                .compose(answer -> answer.isDone()
                        ? browser.remove(copies.stream().map(Taken::delivery).toList())
                                .map(answer)
                        : Future.succeededFuture(answer));
    }

    /** All copies of the letter of this id, or else of the only id that begins so. */
    private static List<Taken> named(String id, List<Taken> taken) {
        Map<String, List<Taken>> byId = taken.stream()
                .filter(one -> one.letter().id().equals(id)
                        || (id.length() >= SHORTEST_PREFIX && one.letter().id().startsWith(id)))
                .collect(Collectors.groupingBy(one -> one.letter().id(), LinkedHashMap::new, Collectors.toList()));
        List<Taken> exact = byId.get(id);
        if (exact != null) {
            return exact;
        }
        return byId.size() == 1 ? byId.values().iterator().next() : List.of();
    }

    private <T> Future<T> looking(Look<T> look) {
        return DeadLetterBrowser.open(vertx, broker)
                .compose(browser -> browser.take(most, MOST_BYTES)
                        .map(deliveries -> deliveries.stream()
                                .map(delivery -> new Taken(DeadLetter.of(delivery), delivery))
                                .toList())
                        .compose(taken -> look.at(browser, taken))
                        .eventually(browser::close));
    }

    /** A letter and what it came with. */
    private record Taken(DeadLetter letter, Delivery delivery) {}

    /** What is done while the letters are held. */
    @FunctionalInterface
    private interface Look<T> {
        Future<T> at(DeadLetterBrowser browser, List<Taken> taken);
    }
}

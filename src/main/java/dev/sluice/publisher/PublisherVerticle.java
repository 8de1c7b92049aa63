package dev.sluice.publisher;

import dev.sluice.broker.ConfirmedPublisher;
import dev.sluice.broker.OutgoingMessage;
import dev.sluice.broker.Topology;
import dev.sluice.config.RabbitMqConfig;
import dev.sluice.config.UpdatesConfig;
import dev.sluice.job.Attempt;
import dev.sluice.job.DeliveryStep;
import dev.sluice.job.DeliveryStepListener;
import dev.sluice.message.MessageCodec;
import dev.sluice.persistence.outbox.Outbox;
import dev.sluice.persistence.outbox.OutboxMessage;
import dev.sluice.persistence.progress.ProgressReport;
import dev.sluice.persistence.progress.RecordedProgress;
import dev.sluice.persistence.run.RunRepository;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only one who publishes: what the outbox holds, with confirms, and progress ticks in between. It does one thing at a
 * time, so that a tick never overtakes the step it belongs to.
 */
public final class PublisherVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(PublisherVerticle.class);
    private static final int BATCH = 100;

    private final RabbitMqConfig broker;
    private final UpdatesConfig config;
    private final Outbox outbox;
    private final RunRepository runs;
    private final DeliveryStepListener milestones;
    private final ProgressThrottle throttle = new ProgressThrottle(System::nanoTime);
    private final List<MessageConsumer<JsonObject>> listeners = new ArrayList<>();
    private final List<Long> timers = new ArrayList<>();
    private final Promise<Void> idleAfterStop = Promise.promise();
    private @Nullable ConfirmedPublisher publisher;
    private boolean rowsWaiting;
    private boolean sweepDue;
    private boolean ticksDue;
    private boolean busy;
    private boolean stopping;
    private boolean failing;

    public PublisherVerticle(
            RabbitMqConfig broker,
            UpdatesConfig config,
            Outbox outbox,
            RunRepository runs,
            DeliveryStepListener milestones) {
        this.broker = broker;
        this.config = config;
        this.outbox = outbox;
        this.runs = runs;
        this.milestones = milestones;
    }

    @Override
    public Future<?> start() {
        ConfirmedPublisher started = new ConfirmedPublisher(vertx, broker);
        publisher = started;
        started.start();
        started.ready().onSuccess(connected -> relaySoon()).onFailure(PublisherVerticle::stoppedBefore);
        listen(PublisherClient.OUTBOX, rows -> relaySoon());
        listen(PublisherClient.TICKS, tick -> throttle.add(ProgressEvent.fromJson(tick)));
        timers.add(vertx.setPeriodic(config.sweepEvery().toMillis(), due -> {
            sweepDue = true;
            wake();
        }));
        timers.add(vertx.setPeriodic(config.tickEvery().toMillis(), due -> {
            ticksDue = true;
            wake();
        }));
        return Future.join(listeners.stream().map(MessageConsumer::completion).toList());
    }

    /** Whoever asks whether somebody listens gets an answer. */
    private void listen(String address, Consumer<JsonObject> listener) {
        listeners.add(vertx.eventBus().consumer(address, message -> {
            listener.accept(message.body());
            message.reply(null);
        }));
    }

    @Override
    public Future<?> stop() {
        timers.forEach(vertx::cancelTimer);
        return Future.join(listeners.stream().map(MessageConsumer::unregister).toList())
                .transform(gone -> whenIdle())
                .eventually(() -> publisher().stop());
    }

    private Future<Void> whenIdle() {
        stopping = true;
        if (!busy) {
            idleAfterStop.tryComplete();
        }
        return idleAfterStop.future();
    }

    private static void stoppedBefore(Throwable cause) {
        LOG.atDebug().addKeyValue("error", cause.getMessage()).log("publisher never connected");
    }

    private void relaySoon() {
        rowsWaiting = true;
        wake();
    }

    private void wake() {
        if (!busy && !stopping) {
            busy = true;
            next();
        }
    }

    private void next() {
        if (stopping) {
            busy = false;
            idleAfterStop.tryComplete();
        } else if (rowsWaiting) {
            rowsWaiting = false;
            // Whatever a sweep would find is found here.
            sweepDue = false;
            relay().onComplete(done -> next());
        } else if (sweepDue) {
            sweepDue = false;
            sweep().onComplete(done -> next());
        } else if (ticksDue) {
            ticksDue = false;
            flushTicks().onComplete(done -> next());
        } else {
            busy = false;
        }
    }

    /** Mostly there is nothing: so one statement asks for that, and a transaction takes what there is. */
    private Future<Void> sweep() {
        if (!publisher().isOpen()) {
            return Future.succeededFuture();
        }
        return outbox.nextDue()
                .<Void>map(wait -> {
                    boolean due = wait.filter(Duration::isZero).isPresent();
                    rowsWaiting |= due;
                    // Where something is due it takes the relay to say whether all is well.
                    failing &= due;
                    return null;
                })
                .onFailure(this::logFirstFailure);
    }

    /** While there is no broker the rows stay as they are: no message is to be blamed for that, nor held back for it. */
    private Future<Void> relay() {
        if (!publisher().isOpen()) {
            return Future.succeededFuture();
        }
        return outbox.relay(BATCH, this::publishAll)
                // Fewer than a batch may have been as many as one takes.
                .onSuccess(sent -> rowsWaiting |= sent > 0)
                .<Void>mapEmpty()
                .onComplete(this::logFirstFailure);
    }

    private Future<Void> publishAll(List<OutboxMessage> rows) {
        return Future.join(rows.stream()
                        .map(row -> publisher()
                                .publish(new OutgoingMessage(
                                        row.exchange(), row.routingKey(), row.body(), row.headers(), row.messageId())))
                        .toList())
                .onSuccess(confirmed -> milestones.reached(DeliveryStep.SENT))
                .mapEmpty();
    }

    private Future<Void> flushTicks() {
        if (!publisher().isOpen()) {
            return Future.succeededFuture();
        }
        Map<Attempt, ProgressEvent> due = new LinkedHashMap<>();
        throttle.take().forEach(tick -> due.put(tick.attempt(), tick));
        if (due.isEmpty()) {
            return Future.succeededFuture();
        }
        List<ProgressReport> asked = due.values().stream()
                .map(tick -> new ProgressReport(tick.attempt(), tick.progress(), tick.share()))
                .toList();
        return runs.recordProgress(asked)
                .compose(alive -> Future.join(alive.stream()
                        .map(tick -> publish(Objects.requireNonNull(due.get(tick.attempt())), tick))
                        .toList()))
                .<Void>mapEmpty()
                .onComplete(this::logFirstFailure);
    }

    private Future<Void> publish(ProgressEvent tick, RecordedProgress told) {
        return publisher()
                .publish(new OutgoingMessage(
                        Topology.UPDATES_EXCHANGE,
                        Topology.UPDATE_KEY,
                        MessageCodec.encode(tick.asUpdate(told, Instant.now())),
                        new JsonObject(),
                        UUID.randomUUID().toString()));
    }

    private void logFirstFailure(AsyncResult<Void> result) {
        if (result.failed()) {
            logFirstFailure(result.cause());
        } else {
            failing = false;
        }
    }

    private void logFirstFailure(Throwable cause) {
        if (!failing) {
            LOG.atWarn()
                    .addKeyValue("error", cause.getMessage())
                    .log("updates and messages wait in the outbox, will try again");
        }
        failing = true;
    }

    private ConfirmedPublisher publisher() {
        return Objects.requireNonNull(publisher, "publisher");
    }
}

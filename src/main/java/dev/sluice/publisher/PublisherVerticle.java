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
import dev.sluice.persistence.progress.ProgressRepository;
import dev.sluice.persistence.progress.RecordedProgress;
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
    private final ProgressRepository progress;
    private final DeliveryStepListener stepListener;
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
            ProgressRepository progress,
            DeliveryStepListener stepListener) {
        this.broker = broker;
        this.config = config;
        this.outbox = outbox;
        this.progress = progress;
        this.stepListener = stepListener;
    }

    @Override
    public Future<?> start() {
        ConfirmedPublisher started = new ConfirmedPublisher(vertx, broker);
        publisher = started;
        started.start();
        started.whenConnected().onSuccess(connected -> requestRelay()).onFailure(PublisherVerticle::stoppedBefore);
        listen(PublisherClient.OUTBOX, rows -> requestRelay());
        listen(PublisherClient.PROGRESS_ADDRESS, tick -> throttle.add(ProgressEvent.fromJson(tick)));
        timers.add(vertx.setPeriodic(config.outboxPollInterval().toMillis(), due -> {
            sweepDue = true;
            runIfIdle();
        }));
        timers.add(vertx.setPeriodic(config.progressInterval().toMillis(), due -> {
            ticksDue = true;
            runIfIdle();
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
                .transform(gone -> awaitIdle())
                .eventually(() -> publisher().stop());
    }

    private Future<Void> awaitIdle() {
        stopping = true;
        if (!busy) {
            idleAfterStop.tryComplete();
        }
        return idleAfterStop.future();
    }

    private static void stoppedBefore(Throwable cause) {
        LOG.atDebug().addKeyValue("error", cause.getMessage()).log("publisher never connected");
    }

    private void requestRelay() {
        rowsWaiting = true;
        runIfIdle();
    }

    private void runIfIdle() {
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
        if (!publisher().canPublish()) {
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
        if (!publisher().canPublish()) {
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
                .onSuccess(confirmed -> stepListener.onStep(DeliveryStep.PUBLISHED))
                .mapEmpty();
    }

    private Future<Void> flushTicks() {
        if (!publisher().canPublish()) {
            return Future.succeededFuture();
        }
        Map<Attempt, ProgressEvent> due = new LinkedHashMap<>();
        throttle.takeDue().forEach(event -> due.put(event.attempt(), event));
        if (due.isEmpty()) {
            return Future.succeededFuture();
        }
        List<ProgressReport> asked = due.values().stream()
                .map(event -> new ProgressReport(event.attempt(), event.progress(), event.fraction()))
                .toList();
        return progress.record(asked)
                .compose(alive -> Future.join(alive.stream()
                        .map(tick -> publish(Objects.requireNonNull(due.get(tick.attempt())), tick))
                        .toList()))
                .<Void>mapEmpty()
                .onComplete(this::logFirstFailure);
    }

    private Future<Void> publish(ProgressEvent event, RecordedProgress recorded) {
        return publisher()
                .publish(new OutgoingMessage(
                        Topology.UPDATES_EXCHANGE,
                        Topology.UPDATE_KEY,
                        MessageCodec.encode(event.toUpdate(recorded, Instant.now())),
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

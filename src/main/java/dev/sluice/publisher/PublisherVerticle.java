package dev.sluice.publisher;

import dev.sluice.broker.BrokerVerticle;
import dev.sluice.broker.ConfirmedPublisher;
import dev.sluice.config.RabbitMqConfig;
import dev.sluice.config.UpdatesConfig;
import dev.sluice.job.DeliveryStepListener;
import dev.sluice.persistence.outbox.Outbox;
import dev.sluice.persistence.progress.ProgressRepository;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only publisher of the process: relays the outbox and sends progress. It runs one of the two at a time, so that a progress
 * update never overtakes the step that it belongs to.
 */
public final class PublisherVerticle extends VerticleBase implements BrokerVerticle {
    private static final Logger LOG = LoggerFactory.getLogger(PublisherVerticle.class);

    private final RabbitMqConfig broker;
    private final UpdatesConfig config;
    private final OutboxRelay relay;
    private final ProgressSender progressSender;
    private final List<MessageConsumer<JsonObject>> consumers = new ArrayList<>();
    private final List<Long> timers = new ArrayList<>();
    private final Promise<Void> idleAfterStop = Promise.promise();
    private @Nullable ConfirmedPublisher publisher;
    private boolean relayDue;
    private boolean pollDue;
    private boolean progressDue;
    private boolean timerDue;
    private long relayTimer = -1;
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
        this.relay = new OutboxRelay(outbox, config.finalDistance(), stepListener);
        this.progressSender = new ProgressSender(progress, config.finalDistance());
    }

    @Override
    public Future<?> start() {
        ConfirmedPublisher started = new ConfirmedPublisher(vertx, broker);
        publisher = started;
        started.start();
        started.whenConnected()
                .onSuccess(connected -> requestRelay())
                .onFailure(cause -> LOG.atDebug()
                        .addKeyValue("error", cause.getMessage())
                        .log("publisher stopped before its first connection"));
        consume(PublisherClient.OUTBOX_ADDRESS, notification -> requestRelay());
        consume(PublisherClient.PROGRESS_ADDRESS, event -> progressSender.add(ProgressEvent.fromJson(event)));
        timers.add(vertx.setPeriodic(config.outboxPollInterval().toMillis(), timer -> {
            pollDue = true;
            runIfIdle();
        }));
        timers.add(vertx.setPeriodic(config.progressInterval().toMillis(), timer -> {
            progressDue = true;
            runIfIdle();
        }));
        return Future.join(consumers.stream().map(MessageConsumer::completion).toList());
    }

    /** Replies to every message: a request to this host fails only if its publisher is undeployed. */
    private void consume(String address, Consumer<JsonObject> handler) {
        consumers.add(vertx.eventBus().consumer(address, message -> {
            handler.accept(message.body());
            message.reply(null);
        }));
    }

    private void requestRelay() {
        relayDue = true;
        runIfIdle();
    }

    private void runIfIdle() {
        if (!busy && !stopping) {
            busy = true;
            runNext();
        }
    }

    private void runNext() {
        if (stopping) {
            busy = false;
            idleAfterStop.tryComplete();
        } else if (!publisher().canPublish()) {
            // An outbox message that is relayed without a broker would count as failed and be delayed.
            relayDue = false;
            pollDue = false;
            progressDue = false;
            timerDue = false;
            busy = false;
        } else if (relayDue) {
            relayDue = false;
            // A relay finds everything that a poll would find.
            pollDue = false;
            run(relay.publishBatch(publisher()).onSuccess(published -> {
                relayDue |= published > 0;
                timerDue = published == 0;
                failing = false;
            }));
        } else if (pollDue) {
            pollDue = false;
            timerDue = false;
            run(relay.nextDue().onSuccess(wait -> {
                boolean due = wait.filter(Duration::isZero).isPresent();
                relayDue |= due;
                // If a message is due, only its relay shows whether the failure is over.
                failing &= due;
                wait.ifPresent(this::relayAfter);
            }));
        } else if (timerDue) {
            timerDue = false;
            run(relay.nextDue().onSuccess(wait -> wait.ifPresent(this::relayAfter)));
        } else if (progressDue) {
            progressDue = false;
            run(progressSender.flush(publisher()).onSuccess(sent -> failing &= sent == 0));
        } else {
            busy = false;
        }
    }

    /** A final update is not published later than its distance requires: the next poll may be an interval away. */
    private void relayAfter(Duration wait) {
        if (wait.isZero() || wait.compareTo(config.outboxPollInterval()) >= 0) {
            return;
        }
        vertx.cancelTimer(relayTimer);
        relayTimer = vertx.setTimer(wait.toMillis() + 1, timer -> requestRelay());
    }

    private void run(Future<?> task) {
        task.onFailure(this::logFirstFailure).onComplete(done -> runNext());
    }

    private void logFirstFailure(Throwable cause) {
        if (!failing) {
            LOG.atWarn().addKeyValue("error", cause.getMessage()).log("outbox relay failed; retrying");
        }
        failing = true;
    }

    @Override
    public Future<Void> whenConnected() {
        return publisher().whenConnected();
    }

    @Override
    public Future<?> stop() {
        timers.forEach(vertx::cancelTimer);
        vertx.cancelTimer(relayTimer);
        return Future.join(consumers.stream().map(MessageConsumer::unregister).toList())
                .transform(unregistered -> awaitIdle())
                .eventually(() -> publisher().stop());
    }

    private Future<Void> awaitIdle() {
        stopping = true;
        if (!busy) {
            idleAfterStop.tryComplete();
        }
        return idleAfterStop.future();
    }

    private ConfirmedPublisher publisher() {
        return Objects.requireNonNull(publisher, "publisher");
    }
}

package dev.sluice.publisher;

import dev.sluice.broker.ConfirmedPublisher;
import dev.sluice.broker.OutgoingMessage;
import dev.sluice.broker.Topology;
import dev.sluice.job.Attempt;
import dev.sluice.message.MessageCodec;
import dev.sluice.persistence.progress.ProgressReport;
import dev.sluice.persistence.progress.ProgressRepository;
import dev.sluice.persistence.progress.RecordedProgress;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Records throttled progress and publishes it as updates. Threads: one event loop. */
final class ProgressSender {
    private final ProgressRepository repository;
    private final Duration finalDistance;
    private final ProgressThrottle throttle = new ProgressThrottle(System::nanoTime);

    /** @param finalDistance progress that may be closer to the final update of its job is discarded */
    ProgressSender(ProgressRepository repository, Duration finalDistance) {
        this.repository = repository;
        this.finalDistance = finalDistance;
    }

    void add(ProgressEvent event) {
        if (event.mayEndJobWithin(finalDistance)) {
            throttle.discard(event.attempt().run());
        } else {
            throttle.add(event);
        }
    }

    /**
     * Publishes the due progress of attempts that still own their run; the rest is discarded. Returns how many events were due.
     */
    Future<Integer> flush(ConfirmedPublisher publisher) {
        List<ProgressEvent> due = throttle.takeDue();
        if (due.isEmpty()) {
            return Future.succeededFuture(0);
        }
        Map<Attempt, ProgressEvent> events =
                due.stream().collect(Collectors.toMap(ProgressEvent::attempt, Function.identity()));
        return repository
                .record(due.stream()
                        .map(event -> new ProgressReport(event.attempt(), event.progress(), event.fraction()))
                        .toList())
                .compose(recorded -> Future.join(recorded.stream()
                        .map(progress ->
                                publish(publisher, Objects.requireNonNull(events.get(progress.attempt())), progress))
                        .toList()))
                .map(due.size());
    }

    private static Future<Void> publish(ConfirmedPublisher publisher, ProgressEvent event, RecordedProgress recorded) {
        return publisher.publish(new OutgoingMessage(
                Topology.UPDATES_EXCHANGE,
                Topology.UPDATE_KEY,
                MessageCodec.encode(event.toUpdate(recorded, Instant.now())),
                new JsonObject(),
                UUID.randomUUID().toString()));
    }
}

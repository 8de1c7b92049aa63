package dev.sluice.publisher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.Attempt;
import dev.sluice.job.JobId;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressThrottleTest {
    private final AtomicLong nanos = new AtomicLong();
    private final ProgressThrottle throttle = new ProgressThrottle(nanos::get);

    @Test
    void keepsLatestProgressOfEachRun() {
        throttle.add(event("a", 1, 31));
        throttle.add(event("b", 1, 40));
        throttle.add(event("a", 3, 35));
        throttle.add(event("a", 2, 33));

        assertThat(throttle.takeDue()).containsExactly(event("a", 3, 35), event("b", 1, 40));
    }

    @Test
    void removesTakenEvents() {
        throttle.add(event("a", 1, 31));

        var taken = throttle.takeDue();

        assertThat(taken).hasSize(1);
        assertThat(throttle.takeDue()).isEmpty();
    }

    @Test
    void detectsProgressNearTheEndOfTheJob() {
        Duration distance = Duration.ofSeconds(2);

        assertThat(upload(Optional.of(3)).mayEndJobWithin(distance)).isFalse();
        assertThat(upload(Optional.of(2)).mayEndJobWithin(distance)).isTrue();
        assertThat(upload(Optional.empty()).mayEndJobWithin(distance)).isTrue();
        assertThat(upload(Optional.empty()).mayEndJobWithin(Duration.ZERO)).isFalse();
        assertThat(event("a", 1, 31).mayEndJobWithin(distance))
                .as("another stage follows")
                .isFalse();
    }

    private static ProgressEvent upload(Optional<Integer> eta) {
        RunId run = RunId.ofStage(new JobId("a"), StageName.UPLOAD);
        return new ProgressEvent(new Attempt(run, 1, 1), "media", 90, 0.5, 1, eta, "worker", Duration.ZERO);
    }

    @Test
    void eventSurvivesJsonRoundTrip() {
        ProgressEvent event = event("a", 7, 42, Duration.ofMillis(2500));

        assertThat(ProgressEvent.fromJson(event.toJson())).isEqualTo(event);
    }

    @Test
    void observesMinimumIntervalOfJob() {
        throttle.add(event("a", 1, 31, Duration.ofSeconds(5)));
        throttle.add(event("b", 1, 40));
        assertThat(throttle.takeDue()).hasSize(2);

        throttle.add(event("a", 2, 33, Duration.ofSeconds(5)));
        throttle.add(event("b", 2, 41));
        nanos.addAndGet(Duration.ofMillis(4_999).toNanos());
        assertThat(throttle.takeDue()).containsExactly(event("b", 2, 41));

        throttle.add(event("a", 3, 36, Duration.ofSeconds(5)));
        nanos.addAndGet(Duration.ofMillis(1).toNanos());
        assertThat(throttle.takeDue()).containsExactly(event("a", 3, 36, Duration.ofSeconds(5)));
        assertThat(throttle.takeDue()).isEmpty();
    }

    private static ProgressEvent event(String job, long seq, int progress) {
        return event(job, seq, progress, Duration.ZERO);
    }

    private static ProgressEvent event(String job, long seq, int progress, Duration interval) {
        Attempt attempt = new Attempt(RunId.ofStage(new JobId(job), StageName.PROCESSING), 2, 1);
        return new ProgressEvent(attempt, "m", progress, 0.5, seq, Optional.of(9), "w", interval);
    }
}

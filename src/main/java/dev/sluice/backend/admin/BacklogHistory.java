package dev.sluice.backend.admin;

import dev.sluice.job.StageName;
import dev.sluice.persistence.job.BacklogRepository;
import dev.sluice.persistence.job.BacklogRepository.StageBacklog;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Samples of the work that waits in each stage, over the last hour, in memory. Threads: any. */
public final class BacklogHistory {
    /** Time between two samples. */
    public static final Duration INTERVAL = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(BacklogHistory.class);
    private static final int MAX_SAMPLES = (int) Duration.ofHours(1).dividedBy(INTERVAL);

    private final BacklogRepository repository;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private boolean sampling;

    public BacklogHistory(BacklogRepository repository) {
        this.repository = repository;
    }

    /**
     * All stages at one time.
     *
     * @param finished runs completed since the sample before; stages without such a run are missing
     */
    public record Sample(Map<StageName, StageBacklog> backlog, Map<StageName, Long> finished) {}

    /** Takes a sample unless the last one is still in progress. Never fails: a sample is missing while the database is down. */
    public Future<Void> sample() {
        synchronized (this) {
            if (sampling) {
                return Future.succeededFuture();
            }
            sampling = true;
        }
        Future<Map<StageName, StageBacklog>> backlog = repository.stages();
        Future<Map<StageName, Long>> finished = repository.finished(INTERVAL);
        return Future.all(backlog, finished)
                .onSuccess(both -> add(new Sample(backlog.result(), finished.result())))
                .onFailure(cause -> LOG.atDebug()
                        .addKeyValue("error", String.valueOf(cause))
                        .log("no backlog sample"))
                .<Void>mapEmpty()
                .otherwiseEmpty()
                .onComplete(done -> ended());
    }

    private synchronized void add(Sample sample) {
        samples.addLast(sample);
        if (samples.size() > MAX_SAMPLES) {
            samples.removeFirst();
        }
    }

    private synchronized void ended() {
        sampling = false;
    }

    /** The stages now. */
    public Future<Map<StageName, StageBacklog>> current() {
        return repository.stages();
    }

    /** The samples of the last hour, oldest first. */
    public synchronized List<Sample> samples() {
        return List.copyOf(samples);
    }
}

package dev.sluice.pipeline.metrics;

/**
 * Counters of one stage in this process since its start, for monitoring over JMX. All but {@link #getRunning} only increase. A
 * started run is running or counted under one outcome: completed, retried, deferred, failed, requeued, cancelled or fenced.
 */
public interface RunMetricsMXBean {
    /** Runs in progress. */
    long getRunning();

    /** Runs that were claimed. */
    long getStarted();

    /** Runs whose result was committed. */
    long getCompleted();

    /** Runs that failed and will be retried after a delay. */
    long getRetried();

    /** Runs deferred because this host lacked disk space; they are retried later, and the attempt is not counted. */
    long getDeferred();

    /** Runs that failed their job. */
    long getFailed();

    /** Runs whose delivery was requeued: at shutdown, or because their outcome could not be persisted. */
    long getRequeued();

    /** Runs whose job was cancelled during processing. */
    long getCancelled();

    /** Runs that lost their lease to another worker; their result was discarded. */
    long getFenced();

    /** Deliveries of a run that another worker had claimed; their message is deferred until that lease ends. */
    long getContended();

    /** Deliveries of a run that was already finished. */
    long getDuplicates();
}

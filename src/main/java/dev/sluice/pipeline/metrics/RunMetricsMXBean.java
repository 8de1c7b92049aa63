package dev.sluice.pipeline.metrics;

/**
 * What became of one stage's deliveries in this process since its start, as a monitor reads it over JMX. Every figure but
 * {@link #getRunning} only rises. A run that was started is running, or counted under one ending: done, retried, put off,
 * failed, released, cancelled or fenced.
 */
public interface RunMetricsMXBean {
    /** Runs that are worked on now. */
    long getRunning();

    /** Runs that were claimed. */
    long getStarted();

    /** Runs that were committed. */
    long getCompleted();

    /** Runs that failed and will be tried again after their back-off. */
    long getRetried();

    /** Runs that this host had no room on its disk for; they come back after a while and are not counted as tried. */
    long getDeferred();

    /** Runs that ended their job as failed. */
    long getFailed();

    /** Runs that were given back: this process stops, or the database did not take how they ended. */
    long getRequeued();

    /** Runs whose job was cancelled while they worked. */
    long getCancelled();

    /** Runs that came too late: somebody else had their lease by then, and their result was thrown away. */
    long getFenced();

    /** Deliveries of a run that another worker had; their message was put off until that one's lease ends. */
    long getContended();

    /** Deliveries of what was done or had ended already. */
    long getDuplicates();
}

package dev.sluice.pipeline.health;

/** What the consumers of a verticle may do. */
public enum ConsumerMode {
    /** Consume up to their concurrency. */
    RUNNING,
    /** Consume nothing. */
    PAUSED,
    /** One of them consumes one delivery at a time. */
    PROBING
}

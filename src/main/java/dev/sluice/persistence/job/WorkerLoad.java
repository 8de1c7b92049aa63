package dev.sluice.persistence.job;

/** The number of runs of a stage in progress on a worker. */
public record WorkerLoad(String worker, String stage, long running) {}

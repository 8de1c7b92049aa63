package dev.sluice.persistence.job;

/** A worker that is at so many runs of a stage. */
public record WorkerLoad(String worker, String stage, long running) {}

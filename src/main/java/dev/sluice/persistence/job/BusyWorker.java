package dev.sluice.persistence.job;

/** A worker that is at so many runs of a stage. */
public record BusyWorker(String worker, String stage, long running) {}

package dev.sluice.job;

/**
 * One claim of a run.
 *
 * @param fencingToken increases with every claim of the run; an attempt with an older token cannot commit
 * @param attemptNumber number among the counted attempts, from 1; attempts ended by a shutdown are not counted
 */
public record Attempt(RunId run, int fencingToken, int attemptNumber) {}

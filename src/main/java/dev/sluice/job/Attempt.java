package dev.sluice.job;

/**
 * One claim of a run. {@code token} is the fencing token: it rises with every claim, and whoever holds an older one may
 * write nothing any more.
 *
 * @param number which counted attempt this is, from 1; attempts that ended with a shutdown are not counted
 */
public record Attempt(RunId run, int fencingToken, int attemptNumber) {}

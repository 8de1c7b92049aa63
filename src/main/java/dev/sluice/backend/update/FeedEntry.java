package dev.sluice.backend.update;

import dev.sluice.job.JobId;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/**
 * An update in the feed.
 *
 * @param number sequence number in the feed, from 1
 * @param owner of the job; empty: visible to administrators only
 * @param message the received message on one line
 */
public record FeedEntry(long number, JobId job, Optional<String> owner, Buffer message) {}

package dev.sluice.backend.update;

import dev.sluice.job.JobId;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/**
 * An update as it is passed on to who watches.
 *
 * @param number counted by the feed, from 1
 * @param owner whose job it is about; empty: an admin's only
 * @param message as it came, on one line
 */
public record FeedEntry(long number, JobId job, Optional<String> owner, Buffer message) {}

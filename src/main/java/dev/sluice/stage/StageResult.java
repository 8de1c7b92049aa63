package dev.sluice.stage;

import dev.sluice.message.StagedJob;
import io.vertx.core.json.JsonObject;

/**
 * What a stage hands on.
 *
 * @param job the job with what this stage added
 * @param summary figures of this run for the record: bytes, frames, …
 */
public record StageResult(StagedJob job, JsonObject summary) {}

package dev.sluice.faults;

import io.vertx.core.json.JsonObject;

/**
 * A received update.
 *
 * @param redelivered whether the broker marked the delivery as redelivered
 */
record RecordedUpdate(String messageId, boolean redelivered, JsonObject body) {
    String job() {
        return body.getString("job_id");
    }

    long seq() {
        return body.getLong("seq");
    }

    int progress() {
        return body.getInteger("progress");
    }

    String step() {
        return body.getString("current_step");
    }

    String status() {
        return body.getString("status");
    }

    boolean isEnd() {
        return !status().equals("processing");
    }
}

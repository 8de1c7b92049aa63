package dev.sluice.message;

import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.message.json.InvalidMessage;
import dev.sluice.message.json.Screening;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/** Bytes to messages and back; the only place that does either. */
public final class Codec {
    /** Bytes. A staged job carries keys and numbers, never media: what is larger is not one. */
    public static final int MAX_BYTES = 1 << 20;

    private Codec() {}

    /**
     * Reads what a stage's queue delivered.
     *
     * @throws InvalidMessage if it is not JSON, too large, or lacks what the stage needs
     */
    public static StagedJob stagedJob(Buffer body, StageName stage) {
        return StagedJob.fromJson(object(body), stage);
    }

    /**
     * Reads a staged job that was kept, at whatever stage.
     *
     * @throws InvalidMessage as above
     */
    public static StagedJob stagedJob(JsonObject json, StageName stage) {
        return StagedJob.fromJson(json, stage);
    }

    /**
     * Reads what the updates queue delivered.
     *
     * @throws InvalidMessage as above
     */
    public static Report report(Buffer body) {
        return Report.fromJson(object(body));
    }

    /**
     * Reads what the requests queue delivered.
     *
     * @throws InvalidMessage as above
     */
    public static ProcessingRequest request(Buffer body) {
        return ProcessingRequest.fromJson(object(body));
    }

    /** Whose request one is that cannot be read; empty when it does not say, or is none. */
    public static Optional<ProcessingRequest.Subject> subjectOfRequest(Buffer body) {
        try {
            return ProcessingRequest.subject(object(body));
        } catch (InvalidMessage unreadable) {
            return Optional.empty();
        }
    }

    /** The job that a message is about, whatever its kind; empty when it does not say, or not so that it can be used. */
    public static Optional<JobId> jobId(Buffer body) {
        try {
            Object id = object(body).getValue("id");
            return id instanceof String text ? Optional.of(new JobId(text)) : Optional.empty();
        } catch (InvalidMessage | IllegalArgumentException unreadable) {
            return Optional.empty();
        }
    }

    public static Buffer encode(StagedJob job) {
        return job.toJson().toBuffer();
    }

    public static Buffer encode(Update update) {
        return update.toJson().toBuffer();
    }

    private static JsonObject object(Buffer body) {
        if (body.length() > MAX_BYTES) {
            throw new InvalidMessage(
                    "The message has " + body.length() + " bytes; the limit is " + MAX_BYTES + " bytes.");
        }
        try {
            return new JsonObject(Screening.textOf(body.getBytes()));
        } catch (DecodeException | ClassCastException notJson) {
            throw new InvalidMessage("The message is not a JSON object.");
        }
    }
}

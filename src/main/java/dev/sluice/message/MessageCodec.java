package dev.sluice.message;

import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.message.json.InvalidMessageException;
import dev.sluice.message.json.JsonValidator;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/** Bytes to messages and back; the only place that does either. */
public final class MessageCodec {
    /** Bytes. A staged job carries keys and numbers, never media: what is larger is not one. */
    public static final int MAX_BYTES = 1 << 20;

    private MessageCodec() {}

    /**
     * Reads what a stage's queue delivered.
     *
     * @throws InvalidMessageException if it is not JSON, too large, or lacks what the stage needs
     */
    public static StagedJob decodeStagedJob(Buffer body, StageName stage) {
        return StagedJob.fromJson(object(body), stage);
    }

    /**
     * Reads a staged job that was kept, at whatever stage.
     *
     * @throws InvalidMessageException as above
     */
    public static StagedJob decodeStagedJob(JsonObject json, StageName stage) {
        return StagedJob.fromJson(json, stage);
    }

    /**
     * Reads what the updates queue delivered.
     *
     * @throws InvalidMessageException as above
     */
    public static ReceivedUpdate decodeUpdate(Buffer body) {
        return ReceivedUpdate.fromJson(object(body));
    }

    /**
     * Reads what the requests queue delivered.
     *
     * @throws InvalidMessageException as above
     */
    public static SingleStageRequest decodeRequest(Buffer body) {
        return SingleStageRequest.fromJson(object(body));
    }

    /** Whose request one is that cannot be read; empty when it does not say, or is none. */
    public static Optional<SingleStageRequest.Subject> peekRequestSubject(Buffer body) {
        try {
            return SingleStageRequest.subject(object(body));
        } catch (InvalidMessageException invalid) {
            return Optional.empty();
        }
    }

    /** The job that a message is about, whatever its kind; empty when it does not say, or not so that it can be used. */
    public static Optional<JobId> peekJobId(Buffer body) {
        try {
            Object id = object(body).getValue("id");
            return id instanceof String text ? Optional.of(new JobId(text)) : Optional.empty();
        } catch (InvalidMessageException | IllegalArgumentException unreadable) {
            return Optional.empty();
        }
    }

    public static Buffer encode(StagedJob job) {
        return job.toJson().toBuffer();
    }

    public static Buffer encode(JobUpdate update) {
        return update.toJson().toBuffer();
    }

    private static JsonObject object(Buffer body) {
        if (body.length() > MAX_BYTES) {
            throw new InvalidMessageException(
                    "The message has " + body.length() + " bytes; the limit is " + MAX_BYTES + " bytes.");
        }
        try {
            return new JsonObject(JsonValidator.validate(body.getBytes()));
        } catch (DecodeException | ClassCastException notJson) {
            throw new InvalidMessageException("The message is not a JSON object.");
        }
    }
}

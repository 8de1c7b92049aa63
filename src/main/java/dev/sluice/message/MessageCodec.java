package dev.sluice.message;

import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.message.json.InvalidMessageException;
import dev.sluice.message.json.JsonValidator;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/** Encodes and decodes messages. */
public final class MessageCodec {
    private MessageCodec() {}

    /**
     * Decodes a message of a stage's queue.
     *
     * @throws InvalidMessageException if it is not JSON, is too large, or lacks a field that the stage requires
     */
    public static StagedJob decodeStagedJob(Buffer body, StageName stage) {
        return StagedJob.fromJson(object(body), body.length(), stage);
    }

    /**
     * Decodes a staged job.
     *
     * @throws InvalidMessageException if it lacks a field that the stage requires
     */
    public static StagedJob decodeStagedJob(JsonObject json, StageName stage) {
        return StagedJob.fromJson(json.copy(), 0, stage);
    }

    /**
     * Decodes a stored staged job. Repositories select it as text: the driver would parse JSON on the event loop.
     *
     * @throws InvalidMessageException if it is no JSON object, or lacks a field that the stage requires
     */
    public static StagedJob decodeStagedJob(String stored, StageName stage) {
        try {
            return StagedJob.fromJson(new JsonObject(stored), stored.length(), stage);
        } catch (DecodeException notAnObject) {
            throw new InvalidMessageException("The message is not a JSON object.");
        }
    }

    /**
     * Decodes a message of the updates queue.
     *
     * @throws InvalidMessageException if it breaks a rule
     */
    public static ReceivedUpdate decodeUpdate(Buffer body) {
        return ReceivedUpdate.fromJson(object(body));
    }

    /**
     * Decodes a message of the requests queue.
     *
     * @throws InvalidMessageException if it breaks a rule
     */
    public static SingleStageRequest decodeRequest(Buffer body) {
        return SingleStageRequest.fromJson(object(body));
    }

    /** The job and media item of an undecodable request; empty if not given or if it is no request. */
    public static Optional<SingleStageRequest.Subject> peekRequestSubject(Buffer body) {
        try {
            return SingleStageRequest.subject(object(body));
        } catch (InvalidMessageException invalid) {
            return Optional.empty();
        }
    }

    /** The job ID of an undecodable staged job; empty if missing or invalid. */
    public static Optional<JobId> peekJobId(Buffer body) {
        try {
            Object id = object(body).getValue("id");
            return id instanceof String text ? Optional.of(new JobId(text)) : Optional.empty();
        } catch (InvalidMessageException | IllegalArgumentException unreadable) {
            return Optional.empty();
        }
    }

    public static Buffer encode(StagedJob job) {
        return job.toBuffer();
    }

    public static Buffer encode(JobUpdate update) {
        return update.toJson().toBuffer();
    }

    private static JsonObject object(Buffer body) {
        if (body.length() > JsonValidator.MAX_BYTES) {
            throw new InvalidMessageException(
                    "The message is too large; the limit is " + JsonValidator.MAX_BYTES + " bytes.");
        }
        try {
            return new JsonObject(JsonValidator.validate(body.getBytes()));
        } catch (DecodeException | ClassCastException notJson) {
            throw new InvalidMessageException("The message is not a JSON object.");
        }
    }
}

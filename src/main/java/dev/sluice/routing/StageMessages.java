package dev.sluice.routing;

import dev.sluice.broker.Topology;
import dev.sluice.common.tracing.TraceParent;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.RunId;
import dev.sluice.job.StageName;
import dev.sluice.message.MessageCodec;
import dev.sluice.message.StagedJob;
import dev.sluice.message.json.JsonValidator;
import dev.sluice.persistence.outbox.OutboxMessage;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/** Builds the outbox messages that start runs of stages. */
public final class StageMessages {
    private StageMessages() {}

    /**
     * The message that starts a stage of {@code job}.
     *
     * @throws JobException MESSAGE_TOO_LARGE if the stage would reject it
     */
    public static OutboxMessage toStage(StageName stage, StagedJob job) {
        return toQueueOf(stage, encode(stage, job), job.traceParent());
    }

    /**
     * The message that starts a task of {@code job}.
     *
     * @throws JobException MESSAGE_TOO_LARGE if the stage would reject it
     */
    public static OutboxMessage toTask(RunId run, StagedJob job) {
        return toStage(run.stage(), job.withTask(run.task()));
    }

    /** The body of a delivery of {@code job} again, to the queue of its stage. */
    public static OutboxMessage redeliver(StageName stage, StagedJob job, Buffer body) {
        return toQueueOf(stage, body, job.traceParent());
    }

    /**
     * The message of a run whose message was lost, from the stored staged job, as JSON. The trace is only in the body: parsing
     * a large one would take long.
     */
    public static OutboxMessage resend(RunId run, String job) {
        return toQueueOf(
                run.stage(),
                run.stage() == StageName.SEGMENT
                        ? new JsonObject(job).put(StagedJob.TASK, run.task()).toBuffer()
                        : Buffer.buffer(job));
    }

    private static Buffer encode(StageName stage, StagedJob job) {
        Buffer body = MessageCodec.encode(job);
        if (body.length() > JsonValidator.MAX_BYTES) {
            throw new JobException(
                    ErrorCode.MESSAGE_TOO_LARGE,
                    "The message to the " + stage.key() + " stage would have " + body.length() + " bytes, with "
                            + job.outputs().size() + " outputs; the limit is " + JsonValidator.MAX_BYTES + " bytes.");
        }
        return body;
    }

    /** The trace is in the header, too, where other consumers expect it. */
    private static OutboxMessage toQueueOf(StageName stage, Buffer body, Optional<TraceParent> trace) {
        OutboxMessage message = toQueueOf(stage, body);
        return trace.map(position -> message.withHeaders(new JsonObject().put(TraceParent.NAME, position.value())))
                .orElse(message);
    }

    /** Internal queues need no exchange. */
    private static OutboxMessage toQueueOf(StageName stage, Buffer body) {
        return switch (stage) {
            case SEGMENT, JOIN -> OutboxMessage.of(Topology.DEFAULT_EXCHANGE, Topology.queueOf(stage), body);
            case DOWNLOAD, PROCESSING, UPLOAD -> OutboxMessage.of(Topology.PROCESSING_EXCHANGE, stage.key(), body);
        };
    }
}

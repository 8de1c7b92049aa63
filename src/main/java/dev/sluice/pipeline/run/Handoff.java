package dev.sluice.pipeline.run;

import dev.sluice.broker.Delivery;
import dev.sluice.job.StageName;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.outbox.OutboxMessage;
import dev.sluice.routing.StageMessages;

/** How a job continues after a run. */
public enum Handoff {
    /** By a message to the next stage. */
    PUBLISH {
        @Override
        OutboxMessage redelivery(StageName stage, StagedJob job, Delivery delivery) {
            return StageMessages.redeliver(stage, job, delivery.body());
        }

        @Override
        String verticle(StageName stage) {
            return stage.key();
        }
    },
    /** Under the same delivery, which is of another queue; a message to the next stage is sent only if that delivery is lost. */
    INLINE {
        @Override
        OutboxMessage redelivery(StageName stage, StagedJob job, Delivery delivery) {
            return StageMessages.toStage(stage, job);
        }

        @Override
        String verticle(StageName stage) {
            return REQUESTS;
        }
    };

    /** The verticle that consumes requests. */
    public static final String REQUESTS = "requests";

    /** The name of the verticle that executes the runs of a stage. */
    abstract String verticle(StageName stage);

    /** The message that starts the run again. */
    abstract OutboxMessage redelivery(StageName stage, StagedJob job, Delivery delivery);
}

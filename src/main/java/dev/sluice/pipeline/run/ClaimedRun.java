package dev.sluice.pipeline.run;

import dev.sluice.common.tracing.Span;
import dev.sluice.job.Attempt;
import dev.sluice.job.Cost;
import dev.sluice.message.StagedJob;
import dev.sluice.persistence.run.Claim;
import dev.sluice.persistence.run.CommitResult;
import dev.sluice.pipeline.metrics.RunOutcomeRecorder;
import io.vertx.core.Future;
import java.util.Locale;
import java.util.function.Supplier;

/** A run that this worker has claimed. */
record ClaimedRun(RunContext context, Claim claim, RunUpdates updates, RunOutcomeRecorder recorder) {
    Attempt attempt() {
        return claim.attempt();
    }

    /** What this attempt has used so far. */
    Cost cost() {
        return context.cancellation().cost().total();
    }

    /** The span of this attempt. */
    Span span() {
        return context.cancellation().span();
    }

    /** Records the settlement of this attempt as a span. */
    Future<CommitResult> commit(Supplier<Future<CommitResult>> settlement) {
        Span commit = span().child("commit", Span.Kind.CLIENT).with("db.system.name", "postgresql");
        return settlement
                .get()
                .onComplete(done -> (done.succeeded()
                                ? commit.with(
                                        "sluice.commit.result",
                                        done.result().name().toLowerCase(Locale.ROOT))
                                : commit.failed(Span.typeOf(done.cause())))
                        .end());
    }

    /** The staged job as stored; the delivered message may be older than a restart of the job. */
    StagedJob job() {
        return claim.job();
    }
}

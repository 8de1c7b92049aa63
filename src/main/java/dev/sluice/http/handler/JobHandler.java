package dev.sluice.http.handler;

import dev.sluice.backend.job.JobControlService;
import dev.sluice.backend.job.JobOptionsResolver;
import dev.sluice.backend.job.MediaJobService;
import dev.sluice.backend.job.OperationResult;
import dev.sluice.backend.job.RequestRejectedException;
import dev.sluice.job.JobId;
import dev.sluice.persistence.job.JobDetails;
import dev.sluice.persistence.job.JobDetails.State;
import dev.sluice.persistence.job.JobQuery;
import dev.sluice.persistence.job.JobQueryRepository;
import dev.sluice.persistence.job.WaitingReason;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Operations on media items and jobs. */
public final class JobHandler {
    private static final int DEFAULT_LIMIT = 50;
    private static final String WAITING = "waiting";

    private final MediaJobService media;
    private final JobOptionsResolver optionsResolver;
    private final JobQueryRepository queries;
    private final JobControlService control;

    public JobHandler(
            MediaJobService media,
            JobOptionsResolver optionsResolver,
            JobQueryRepository queries,
            JobControlService control) {
        this.media = media;
        this.optionsResolver = optionsResolver;
        this.queries = queries;
        this.control = control;
    }

    public Map<String, OperationHandler> handlers() {
        return Map.of(
                "processVideo", this::process,
                "processingStatus", this::status,
                "videoVersions", this::versions,
                "listJobs", this::list,
                "getJob", this::get,
                "cancelJob", call -> act(call, control::cancel),
                "retryJob", call -> act(call, control::retry));
    }

    private Future<JsonObject> process(ApiRequest call) {
        return media.createJob(
                        call.pathParameter("id"),
                        call.caller(),
                        optionsResolver.resolve(
                                Optional.ofNullable(call.body().getString(JobOptionsResolver.WEBHOOK)),
                                Optional.ofNullable(call.body().getString(JobOptionsResolver.PROFILE))))
                .map(job -> new JsonObject().put("success", true).put("job_id", job.value()));
    }

    private Future<JsonObject> status(ApiRequest call) {
        return media.latestJob(call.pathParameter("id"), call.caller()).map(JobJson::status);
    }

    private Future<JsonObject> versions(ApiRequest call) {
        String id = call.pathParameter("id");
        return media.latestJob(id, call.caller())
                .map(job -> JobJson.versions(job, job.source().mediaId().orElse(id)));
    }

    private Future<JsonObject> get(ApiRequest call) {
        return media.requireAccessibleJob(call.jobId(), call.caller())
                .compose(job -> withWaitingReason(
                        job, JobJson.details(job, call.caller().admin())));
    }

    private Future<JsonObject> withWaitingReason(JobDetails job, JsonObject json) {
        return job.state() == State.WAITING
                ? queries.waitingReason(job.id()).map(reason -> {
                    reason.ifPresent(known -> json.put(WAITING, known.toJson()));
                    return json;
                })
                : Future.succeededFuture(json);
    }

    private Future<JsonObject> act(ApiRequest call, Function<JobId, Future<OperationResult>> action) {
        return media.requireAccessibleJob(call.jobId(), call.caller())
                .compose(job -> action.apply(job.id()))
                .map(JobHandler::toJson);
    }

    static JsonObject toJson(OperationResult result) {
        return switch (result.kind()) {
            case APPLIED -> new JsonObject().put("about", result.target()).put("message", result.message());
            case NOT_FOUND ->
                throw new RequestRejectedException(RequestRejectedException.Reason.NOT_FOUND, result.message());
            case CONFLICT ->
                throw new RequestRejectedException(RequestRejectedException.Reason.CONFLICT, result.message());
        };
    }

    private Future<JsonObject> list(ApiRequest call) {
        int limit = call.intQuery("limit").orElse(DEFAULT_LIMIT);
        Optional<String> owner = call.caller().admin()
                ? Optional.empty()
                : Optional.of(call.caller().subject());
        // One more than the limit: determines whether there is a next page.
        JobQuery query = new JobQuery(
                owner,
                call.query("mediaId"),
                call.query("status"),
                call.query("state"),
                call.query("cursor").map(PageCursor::parse),
                limit + 1);
        return queries.list(query)
                .compose(found ->
                        queries.waitingReasons(waiting(found)).compose(reasons -> page(found, reasons, limit)));
    }

    private static List<JobId> waiting(List<JobDetails> jobs) {
        return jobs.stream()
                .filter(job -> job.state() == State.WAITING)
                .map(JobDetails::id)
                .toList();
    }

    private Future<JsonObject> page(List<JobDetails> found, Map<JobId, WaitingReason> reasons, int limit) {
        JsonArray jobs = new JsonArray();
        found.stream().limit(limit).forEach(job -> {
            JsonObject summary = JobJson.summary(job);
            Optional.ofNullable(reasons.get(job.id())).ifPresent(reason -> summary.put(WAITING, reason.toJson()));
            jobs.add(summary);
        });
        JsonObject page = new JsonObject().put("jobs", jobs);
        return found.size() <= limit
                ? Future.succeededFuture(page)
                : queries.cursorOf(found.get(limit - 1).id()).map(cursor -> {
                    cursor.ifPresent(last -> page.put("next_cursor", PageCursor.format(last)));
                    return page;
                });
    }
}

package dev.sluice.http.handler;

import dev.sluice.backend.job.JobControlService;
import dev.sluice.backend.job.JobWebhookResolver;
import dev.sluice.backend.job.MediaJobService;
import dev.sluice.backend.job.OperationResult;
import dev.sluice.backend.job.RequestRejectedException;
import dev.sluice.job.JobId;
import dev.sluice.persistence.job.JobDetails;
import dev.sluice.persistence.job.JobQuery;
import dev.sluice.persistence.job.JobQueryRepository;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Media and their jobs: making, asking, ending, starting again. */
public final class JobHandler {
    private static final int PAGE = 50;

    private final MediaJobService media;
    private final JobQueryRepository records;
    private final JobControlService control;

    public JobHandler(MediaJobService media, JobQueryRepository records, JobControlService control) {
        this.media = media;
        this.records = records;
        this.control = control;
    }

    public Map<String, OperationHandler> operations() {
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
        return media.process(
                        call.name("id"),
                        call.caller(),
                        Optional.ofNullable(call.body().getString(JobWebhookResolver.PARAMETER)))
                .map(job -> new JsonObject().put("success", true).put("job_id", job.value()));
    }

    private Future<JsonObject> status(ApiRequest call) {
        return media.newest(call.name("id"), call.caller()).map(JobJson::status);
    }

    private Future<JsonObject> versions(ApiRequest call) {
        String id = call.name("id");
        return media.newest(id, call.caller()).map(job -> JobJson.versions(job, id));
    }

    private Future<JsonObject> get(ApiRequest call) {
        return media.own(call.job(), call.caller()).map(JobJson::whole);
    }

    private Future<JsonObject> act(ApiRequest call, Function<JobId, Future<OperationResult>> action) {
        return media.own(call.job(), call.caller())
                .compose(job -> action.apply(job.id()))
                .map(JobHandler::done);
    }

    static JsonObject done(OperationResult answer) {
        return switch (answer.kind()) {
            case DONE -> new JsonObject().put("about", answer.about()).put("message", answer.sentence());
            case UNKNOWN ->
                throw new RequestRejectedException(RequestRejectedException.Reason.UNKNOWN, answer.sentence());
            case REFUSED ->
                throw new RequestRejectedException(RequestRejectedException.Reason.NOT_NOW, answer.sentence());
        };
    }

    private Future<JsonObject> list(ApiRequest call) {
        int limit = call.number("limit").orElse(PAGE);
        Optional<String> owner = call.caller().admin()
                ? Optional.empty()
                : Optional.of(call.caller().subject());
        // One more than is shown says whether there are more.
        JobQuery filter = new JobQuery(
                owner,
                call.query("mediaId"),
                call.query("status"),
                call.query("cursor").map(PageCursor::read),
                limit + 1);
        return records.page(filter).compose(found -> page(found, limit));
    }

    private Future<JsonObject> page(List<JobDetails> found, int limit) {
        JsonArray jobs = new JsonArray();
        found.stream().limit(limit).map(JobJson::summary).forEach(jobs::add);
        JsonObject page = new JsonObject().put("jobs", jobs);
        return found.size() <= limit
                ? Future.succeededFuture(page)
                : records.placeOf(found.get(limit - 1).id()).map(place -> {
                    place.ifPresent(last -> page.put("next_cursor", PageCursor.of(last)));
                    return page;
                });
    }
}

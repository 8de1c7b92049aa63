package dev.sluice.http.handler;

import dev.sluice.backend.job.Answer;
import dev.sluice.backend.job.JobControl;
import dev.sluice.backend.job.MediaJobs;
import dev.sluice.backend.job.NamedReceiver;
import dev.sluice.backend.job.Refusal;
import dev.sluice.job.JobId;
import dev.sluice.persistence.job.JobFilter;
import dev.sluice.persistence.job.JobRecord;
import dev.sluice.persistence.job.JobRecords;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Media and their jobs: making, asking, ending, starting again. */
public final class JobOperations {
    private static final int PAGE = 50;

    private final MediaJobs media;
    private final JobRecords records;
    private final JobControl control;

    public JobOperations(MediaJobs media, JobRecords records, JobControl control) {
        this.media = media;
        this.records = records;
        this.control = control;
    }

    public Map<String, Operation> operations() {
        return Map.of(
                "processVideo", this::process,
                "processingStatus", this::status,
                "videoVersions", this::versions,
                "listJobs", this::list,
                "getJob", this::get,
                "cancelJob", call -> act(call, control::cancel),
                "retryJob", call -> act(call, control::retry));
    }

    private Future<JsonObject> process(Call call) {
        return media.process(
                        call.name("id"),
                        call.caller(),
                        Optional.ofNullable(call.body().getString(NamedReceiver.PARAMETER)))
                .map(job -> new JsonObject().put("success", true).put("job_id", job.value()));
    }

    private Future<JsonObject> status(Call call) {
        return media.newest(call.name("id"), call.caller()).map(JobJson::status);
    }

    private Future<JsonObject> versions(Call call) {
        String id = call.name("id");
        return media.newest(id, call.caller()).map(job -> JobJson.versions(job, id));
    }

    private Future<JsonObject> get(Call call) {
        return media.own(call.job(), call.caller()).map(JobJson::whole);
    }

    private Future<JsonObject> act(Call call, Function<JobId, Future<Answer>> action) {
        return media.own(call.job(), call.caller())
                .compose(job -> action.apply(job.id()))
                .map(JobOperations::done);
    }

    static JsonObject done(Answer answer) {
        return switch (answer.kind()) {
            case DONE -> new JsonObject().put("about", answer.about()).put("message", answer.sentence());
            case UNKNOWN -> throw new Refusal(Refusal.Reason.UNKNOWN, answer.sentence());
            case REFUSED -> throw new Refusal(Refusal.Reason.NOT_NOW, answer.sentence());
        };
    }

    private Future<JsonObject> list(Call call) {
        int limit = call.number("limit").orElse(PAGE);
        Optional<String> owner = call.caller().admin()
                ? Optional.empty()
                : Optional.of(call.caller().subject());
        // One more than is shown says whether there are more.
        JobFilter filter = new JobFilter(
                owner,
                call.query("mediaId"),
                call.query("status"),
                call.query("cursor").map(PageCursor::read),
                limit + 1);
        return records.page(filter).compose(found -> page(found, limit));
    }

    private Future<JsonObject> page(List<JobRecord> found, int limit) {
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

package dev.sluice.faults;

import dev.sluice.faults.Snapshot.JobRow;
import dev.sluice.faults.Snapshot.StoredObject;
import dev.sluice.faults.Snapshot.UserRow;
import dev.sluice.faults.Violation.Invariant;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Holds a snapshot against the promises. Knows nothing of how Sluice works, only of what it may be seen to do. */
final class InvariantChecker {
    /** Between the last byte of an object and the end of its job there is at least a database's answer. */
    private static final Duration CLOCK_SLACK = Duration.ofMillis(500);

    private final Snapshot snapshot;
    private final List<Violation> violations = new ArrayList<>();

    private InvariantChecker(Snapshot snapshot) {
        this.snapshot = snapshot;
    }

    /** All violations; none when every promise was kept. */
    static List<Violation> check(Snapshot snapshot) {
        InvariantChecker checker = new InvariantChecker(snapshot);
        Map<String, List<RecordedUpdate>> updates = snapshot.updates().stream()
                .collect(Collectors.groupingBy(RecordedUpdate::job, TreeMap::new, Collectors.toList()));
        Set<String> announced = new HashSet<>();
        for (SubmittedJob job : snapshot.fed()) {
            List<RecordedUpdate> news = updates.getOrDefault(job.id(), List.of());
            checker.job(job, news);
            checker.news(job.id(), news);
            checker.outputs(job.id(), news, announced);
        }
        checker.nothingElseIsStored(announced);
        checker.nothingIsLeft();
        return List.copyOf(checker.violations);
    }

    private void job(SubmittedJob job, List<RecordedUpdate> news) {
        JobRow row = snapshot.jobs().get(job.id());
        if (row == null || !row.isEnded()) {
            found(Invariant.NOTHING_LOST, job.id(), row == null ? "was never known" : "is still " + row.state());
            return;
        }
        boolean failed = row.state().equals("failed");
        if (failed && (row.errorCode().isBlank() || row.error().isBlank())) {
            found(Invariant.FAILURES_HAVE_REASONS, job.id(), "code '" + row.errorCode() + "', '" + row.error() + "'");
        }
        if (!failed && !job.video()) {
            found(Invariant.FAILURES_HAVE_REASONS, job.id(), "its source is no video, and it is completed");
        }
        List<String> ends = distinct(news.stream().filter(RecordedUpdate::isEnd));
        if (ends.size() != 1) {
            found(Invariant.ENDS_ONCE, job.id(), ends.size() + " updates tell its end: " + ends);
        }
        news.stream()
                .filter(RecordedUpdate::isEnd)
                .filter(end -> !end.status().equals(row.state()))
                .forEach(
                        end -> found(Invariant.ENDS_ONCE, job.id(), "is " + row.state() + ", told as " + end.status()));
        userRow(job.id(), row, news);
    }

    private void userRow(String job, JobRow row, List<RecordedUpdate> news) {
        UserRow shown = snapshot.rows().get(job);
        if (shown == null || !shown.status().toLowerCase(Locale.ROOT).equals(row.state())) {
            found(Invariant.USERS_TABLE_AGREES, job, "is " + row.state() + ", the user's table has " + shown);
            return;
        }
        if (row.state().equals("failed") && shown.error().isBlank()) {
            found(Invariant.USERS_TABLE_AGREES, job, "failed without a message");
        }
        if (row.state().equals("completed") && shown.progress() != 100) {
            found(Invariant.USERS_TABLE_AGREES, job, "completed at " + shown.progress() + " %");
        }
        Set<String> told = announcements(news).keySet();
        if (!told.equals(Set.copyOf(shown.keys()))) {
            found(Invariant.USERS_TABLE_AGREES, job, "announced " + told + ", the user's table has " + shown.keys());
        }
    }

    private void news(String job, List<RecordedUpdate> news) {
        Map<Long, RecordedUpdate> bySeq = new TreeMap<>();
        Optional<RecordedUpdate> last = Optional.empty();
        for (RecordedUpdate update : news) {
            RecordedUpdate first = bySeq.putIfAbsent(update.seq(), update);
            if (first != null
                    && !(first.messageId().equals(update.messageId())
                            && first.body().equals(update.body()))) {
                found(Invariant.REPEATS_ARE_IDENTICAL, job, first.body() + " and " + update.body());
            }
            // A reader of updates drops what is not newer than what it has.
            if (last.isEmpty() || update.seq() > last.get().seq()) {
                last.ifPresent(before -> notBack(job, before, update));
                last = Optional.of(update);
            }
        }
        news.stream()
                .filter(update -> update.step().endsWith("_complete"))
                .collect(Collectors.groupingBy(RecordedUpdate::step))
                .forEach((step, told) -> {
                    List<String> ends = distinct(told.stream());
                    if (ends.size() > 1) {
                        found(Invariant.STAGES_END_ONCE, job, step + " was told by " + ends);
                    }
                });
    }

    private void notBack(String job, RecordedUpdate before, RecordedUpdate update) {
        if (before.isEnd()) {
            found(Invariant.NEWS_NEVER_GO_BACK, job, "after its end came " + update.body());
        }
        if (update.progress() < before.progress()) {
            found(
                    Invariant.NEWS_NEVER_GO_BACK,
                    job,
                    before.progress() + " % at " + before.seq() + ", then " + update.progress() + " % at "
                            + update.seq());
        }
    }

    private void outputs(String job, List<RecordedUpdate> news, Set<String> announced) {
        Map<String, Long> told = announcements(news);
        announced.addAll(told.keySet());
        Optional<RecordedUpdate> completion = news.stream()
                .filter(update -> update.status().equals("completed"))
                .findFirst();
        if (completion.isPresent() && told.isEmpty()) {
            found(Invariant.OUTPUTS_AS_ANNOUNCED, job, "completed without any output");
        }
        told.forEach((key, bytes) -> {
            StoredObject object = snapshot.objects().get(key);
            if (object == null || object.bytes() != bytes) {
                found(Invariant.OUTPUTS_AS_ANNOUNCED, job, key + " of " + bytes + " bytes is " + object);
                return;
            }
            object.complaint().ifPresent(why -> found(Invariant.OUTPUTS_PLAY, job, key + " does not play: " + why));
            Optional.ofNullable(snapshot.jobs().get(job))
                    .flatMap(JobRow::finishedAt)
                    .filter(end -> object.writtenAt().isAfter(end.plus(CLOCK_SLACK)))
                    .ifPresent(end -> found(
                            Invariant.NO_LATE_WRITES,
                            job,
                            key + " was written at " + object.writtenAt() + ", the job ended at " + end));
        });
    }

    private void nothingElseIsStored(Set<String> announced) {
        snapshot.objects().keySet().stream()
                .filter(key -> !announced.contains(key))
                .forEach(key -> found(
                        key.startsWith(Snapshot.STAGING_PREFIX)
                                ? Invariant.NOTHING_LEFT
                                : Invariant.OUTPUTS_AS_ANNOUNCED,
                        key,
                        "lies in the store and nobody announced it"));
    }

    private void nothingIsLeft() {
        snapshot.messagesLeft().forEach((queue, messages) -> left(queue, messages + " messages"));
        snapshot.outboxLeft().forEach(row -> left("outbox", row));
        snapshot.filesLeft().forEach(file -> left("workspace", file));
        snapshot.processesLeft().forEach(process -> left("process", process));
        snapshot.deadLetters().stream()
                .filter(job -> !Optional.ofNullable(snapshot.jobs().get(job))
                        .map(JobRow::state)
                        .orElse("")
                        .equals("failed"))
                .forEach(job -> left("dead letters", "the message of " + job + ", which has not failed"));
    }

    /** The keys that the completion names, with their sizes. */
    private static Map<String, Long> announcements(List<RecordedUpdate> news) {
        Map<String, Long> announced = new TreeMap<>();
        news.stream()
                .filter(update -> update.status().equals("completed"))
                .flatMap(update -> Stream.of("thumbnails", "video_versions")
                        .flatMap(part -> update.body().getJsonArray(part, new JsonArray()).stream()))
                .map(JsonObject.class::cast)
                .forEach(item -> announced.put(item.getString("s3_key"), item.getLong("file_size")));
        return announced;
    }

    /** What tells these updates apart: repeats of one message count once. */
    private static List<String> distinct(Stream<RecordedUpdate> updates) {
        return updates.map(update -> "seq " + update.seq() + " of message " + update.messageId())
                .distinct()
                .toList();
    }

    private void left(String where, String what) {
        found(Invariant.NOTHING_LEFT, where, what);
    }

    private void found(Invariant invariant, String about, String what) {
        violations.add(new Violation(invariant, about, what));
    }
}

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
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Checks a snapshot for violated invariants. Uses only what is observable from outside, not how Sluice works. */
final class InvariantChecker {
    /** The end of a job is recorded at least one database round trip after the last byte of its objects is written. */
    private static final Duration CLOCK_SLACK = Duration.ofMillis(500);

    private final Snapshot snapshot;
    private final List<Violation> violations = new ArrayList<>();

    private InvariantChecker(Snapshot snapshot) {
        this.snapshot = snapshot;
    }

    /** Returns all violations; empty if every invariant holds. */
    static List<Violation> check(Snapshot snapshot) {
        InvariantChecker checker = new InvariantChecker(snapshot);
        Map<String, List<RecordedUpdate>> updatesByJob = snapshot.updates().stream()
                .collect(Collectors.groupingBy(RecordedUpdate::job, TreeMap::new, Collectors.toList()));
        Set<String> announced = new HashSet<>();
        for (SubmittedJob job : snapshot.submitted()) {
            List<RecordedUpdate> updates = updatesByJob.getOrDefault(job.id(), List.of());
            checker.job(job, updates);
            checker.order(job.id(), updates);
            checker.outputs(job.id(), updates, announced);
            checker.streams(job.id(), updates, announced);
            checker.previews(job.id(), updates, announced);
        }
        checker.checkUnannounced(announced);
        checker.checkLeftovers();
        return List.copyOf(checker.violations);
    }

    private void job(SubmittedJob job, List<RecordedUpdate> updates) {
        JobRow row = snapshot.jobs().get(job.id());
        if (row == null || !row.isEnded()) {
            found(Invariant.NOTHING_LOST, job.id(), row == null ? "is unknown" : "is still " + row.state());
            return;
        }
        boolean failed = row.state().equals("failed");
        if (failed && (row.errorCode().isBlank() || row.error().isBlank())) {
            found(Invariant.FAILURES_HAVE_REASONS, job.id(), "code '" + row.errorCode() + "', '" + row.error() + "'");
        }
        if (!failed && !job.video()) {
            found(Invariant.FAILURES_HAVE_REASONS, job.id(), "is completed although its source is not a video");
        }
        List<String> ends = distinct(updates.stream().filter(RecordedUpdate::isEnd));
        if (ends.size() != 1) {
            found(Invariant.ENDS_ONCE, job.id(), ends.size() + " updates report its end: " + ends);
        }
        updates.stream()
                .filter(RecordedUpdate::isEnd)
                .filter(end -> !end.status().equals(row.state()))
                .forEach(end ->
                        found(Invariant.ENDS_ONCE, job.id(), "is " + row.state() + ", reported as " + end.status()));
        userRow(job.id(), row, updates);
    }

    private void userRow(String job, JobRow row, List<RecordedUpdate> updates) {
        UserRow shown = snapshot.rows().get(job);
        if (shown == null || !shown.status().toLowerCase(Locale.ROOT).equals(row.state())) {
            found(Invariant.USER_TABLE_MATCHES, job, "is " + row.state() + ", the job table has " + shown);
            return;
        }
        if (row.state().equals("failed") && shown.error().isBlank()) {
            found(Invariant.USER_TABLE_MATCHES, job, "failed without an error message");
        }
        if (row.state().equals("completed") && shown.progress() != 100) {
            found(Invariant.USER_TABLE_MATCHES, job, "completed at " + shown.progress() + " %");
        }
        Set<String> announced = announcements(updates).keySet();
        if (!announced.equals(Set.copyOf(shown.keys()))) {
            found(Invariant.USER_TABLE_MATCHES, job, "announced " + announced + ", the job table has " + shown.keys());
        }
    }

    private void order(String job, List<RecordedUpdate> updates) {
        Map<Long, RecordedUpdate> bySeq = new TreeMap<>();
        Optional<RecordedUpdate> last = Optional.empty();
        for (RecordedUpdate update : updates) {
            RecordedUpdate first = bySeq.putIfAbsent(update.seq(), update);
            if (first != null
                    && !(first.messageId().equals(update.messageId())
                            && first.body().equals(update.body()))) {
                found(Invariant.DUPLICATES_ARE_IDENTICAL, job, first.body() + " and " + update.body());
            }
            // A consumer ignores an update whose seq is not higher than the last one.
            if (last.isEmpty() || update.seq() > last.get().seq()) {
                last.ifPresent(before -> checkOrder(job, before, update));
                last = Optional.of(update);
            }
        }
        updates.stream()
                .filter(update -> update.step().endsWith("_complete"))
                .collect(Collectors.groupingBy(RecordedUpdate::step))
                .forEach((step, completions) -> {
                    List<String> ends = distinct(completions.stream());
                    if (ends.size() > 1) {
                        found(Invariant.STAGES_END_ONCE, job, step + " was reported by " + ends);
                    }
                });
    }

    private void checkOrder(String job, RecordedUpdate before, RecordedUpdate update) {
        if (before.isEnd()) {
            found(Invariant.UPDATES_IN_ORDER, job, "update after its end: " + update.body());
        }
        if (update.progress() < before.progress()) {
            found(
                    Invariant.UPDATES_IN_ORDER,
                    job,
                    before.progress() + " % at " + before.seq() + ", then " + update.progress() + " % at "
                            + update.seq());
        }
    }

    private void outputs(String job, List<RecordedUpdate> updates, Set<String> announced) {
        Map<String, Long> outputs = announcements(updates);
        announced.addAll(outputs.keySet());
        Optional<RecordedUpdate> completion = updates.stream()
                .filter(update -> update.status().equals("completed"))
                .findFirst();
        if (completion.isPresent() && outputs.isEmpty()) {
            found(Invariant.OUTPUTS_MATCH_COMPLETION, job, "completed without any output");
        }
        outputs.forEach((key, bytes) -> {
            StoredObject object = snapshot.objects().get(key);
            if (object == null || object.bytes() != bytes) {
                found(Invariant.OUTPUTS_MATCH_COMPLETION, job, key + " of " + bytes + " bytes is stored as " + object);
                return;
            }
            object.error().ifPresent(why -> found(Invariant.OUTPUTS_PLAY, job, key + " cannot be decoded: " + why));
            Optional.ofNullable(snapshot.jobs().get(job))
                    .flatMap(JobRow::finishedAt)
                    .filter(end -> object.writtenAt().isAfter(end.plus(CLOCK_SLACK)))
                    .ifPresent(end -> found(
                            Invariant.NO_LATE_WRITES,
                            job,
                            key + " was written at " + object.writtenAt() + ", the job ended at " + end));
        });
    }

    /** Follows the playlists from those in the completion update; each named range must be stored. */
    private void streams(String job, List<RecordedUpdate> updates, Set<String> announced) {
        updates.stream()
                .filter(update -> update.status().equals("completed"))
                .map(update -> update.body().getJsonObject("streams", new JsonObject()))
                .flatMap(streams -> streams.fieldNames().stream()
                        .filter(name -> name.endsWith("_key"))
                        .map(streams::getString))
                .forEach(key -> reference(job, new PlaylistReference(key, 0), announced));
    }

    /** Poster, preview clip, and index and sheets of the storyboard. */
    private void previews(String job, List<RecordedUpdate> updates, Set<String> announced) {
        updates.stream()
                .filter(update -> update.status().equals("completed"))
                .map(RecordedUpdate::body)
                .forEach(body -> {
                    JsonObject storyboard = body.getJsonObject("storyboard", new JsonObject());
                    Optional.ofNullable(storyboard.getString("vtt_key"))
                            .ifPresent(key -> reference(job, new PlaylistReference(key, 0), announced));
                    Stream.concat(
                                    Stream.of("poster", "preview")
                                            .map(body::getJsonObject)
                                            .filter(Objects::nonNull),
                                    storyboard.getJsonArray("sheets", new JsonArray()).stream()
                                            .map(JsonObject.class::cast))
                            .forEach(file -> reference(
                                    job,
                                    new PlaylistReference(file.getString("s3_key"), file.getLong("file_size")),
                                    announced));
                });
    }

    private void reference(String job, PlaylistReference reference, Set<String> announced) {
        StoredObject object = snapshot.objects().get(reference.key());
        if (object == null || object.bytes() < reference.end()) {
            found(Invariant.OUTPUTS_MATCH_COMPLETION, job, reference + " is stored as " + object);
            return;
        }
        if (announced.add(reference.key())) {
            if (!object.references().isEmpty()) {
                object.error().ifPresent(why -> found(Invariant.OUTPUTS_PLAY, job, reference + ": " + why));
            }
            object.references().forEach(next -> reference(job, next, announced));
        }
    }

    private void checkUnannounced(Set<String> announced) {
        snapshot.objects().keySet().stream()
                .filter(key -> !announced.contains(key))
                .forEach(key -> found(
                        key.startsWith(Snapshot.STAGING_PREFIX)
                                ? Invariant.NOTHING_LEFT
                                : Invariant.OUTPUTS_MATCH_COMPLETION,
                        key,
                        "is stored but was not announced"));
    }

    private void checkLeftovers() {
        snapshot.messagesLeft().forEach((queue, messages) -> left(queue, messages + " messages"));
        snapshot.outboxLeft().forEach(row -> left("outbox", row));
        snapshot.filesLeft().forEach(file -> left("workspace", file));
        snapshot.processesLeft().forEach(process -> left("process", process));
        snapshot.deadLetters().stream()
                .filter(job -> !Optional.ofNullable(snapshot.jobs().get(job))
                        .map(JobRow::state)
                        .orElse("")
                        .equals("failed"))
                .forEach(job -> left("dead letters", "the message of job " + job + ", which has not failed"));
    }

    /** Keys in the completion update, with their sizes. */
    private static Map<String, Long> announcements(List<RecordedUpdate> updates) {
        Map<String, Long> announced = new TreeMap<>();
        updates.stream()
                .filter(update -> update.status().equals("completed"))
                .flatMap(update -> Stream.of("thumbnails", "video_versions")
                        .flatMap(part -> update.body().getJsonArray(part, new JsonArray()).stream()))
                .map(JsonObject.class::cast)
                .forEach(item -> announced.put(item.getString("s3_key"), item.getLong("file_size")));
        return announced;
    }

    /** Describes each update; duplicates of a message count once. */
    private static List<String> distinct(Stream<RecordedUpdate> updates) {
        return updates.map(update -> "seq " + update.seq() + " of message " + update.messageId())
                .distinct()
                .toList();
    }

    private void left(String place, String detail) {
        found(Invariant.NOTHING_LEFT, place, detail);
    }

    private void found(Invariant invariant, String subject, String detail) {
        violations.add(new Violation(invariant, subject, detail));
    }
}

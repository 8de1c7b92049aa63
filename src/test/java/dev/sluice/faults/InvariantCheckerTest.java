package dev.sluice.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.faults.Snapshot.JobRow;
import dev.sluice.faults.Snapshot.StoredObject;
import dev.sluice.faults.Snapshot.UserRow;
import dev.sluice.faults.Violation.Invariant;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The checker reports each kind of violation, and nothing for a correct run. */
class InvariantCheckerTest {
    private static final Instant END = Instant.parse("2026-11-24T10:00:00Z");
    private static final String KEY = "videos/media-a_360p.mp4";

    private final List<SubmittedJob> submitted = new ArrayList<>(List.of(new SubmittedJob("a", true, 1)));
    private final Map<String, JobRow> jobs = new HashMap<>();
    private final Map<String, UserRow> rows = new HashMap<>();
    private final List<RecordedUpdate> updates = new ArrayList<>();
    private final Map<String, StoredObject> objects = new HashMap<>();
    private final Map<String, Long> messages = new HashMap<>();
    private final List<String> dead = new ArrayList<>();
    private final List<String> outbox = new ArrayList<>();
    private final List<String> files = new ArrayList<>();
    private final List<String> processes = new ArrayList<>();

    InvariantCheckerTest() {
        jobs.put("a", new JobRow("completed", "", "", Optional.of(END)));
        rows.put("a", new UserRow("COMPLETED", 100, "", List.of(KEY)));
        updates.add(update(1, "processing", "downloading_video", 0));
        updates.add(update(2, "processing", "processing_complete", 70));
        updates.add(completion(3));
        objects.put(KEY, new StoredObject(10, END.minusMillis(20), Optional.empty()));
    }

    @Test
    void reportsNothingForCorrectRun() {
        assertThat(check()).isEmpty();
    }

    @Test
    void acceptsIdenticalDuplicates() {
        updates.add(new RecordedUpdate("message-2", true, updates.get(1).body()));
        updates.add(new RecordedUpdate("message-3", true, updates.get(2).body()));

        assertThat(check()).isEmpty();
    }

    @Test
    void acceptsFailureWithReason() {
        jobs.put("a", new JobRow("failed", "not_a_video", "The file is text.", Optional.of(END)));
        rows.put("a", new UserRow("FAILED", 20, "The file is text.", List.of()));
        updates.set(2, update(3, "failed", "processing_failed", 70));
        objects.clear();
        dead.add("a");

        assertThat(check()).isEmpty();
    }

    @Test
    void reportsUnknownJob() {
        submitted.add(new SubmittedJob("b", true, 1));

        assertThat(check()).containsExactly(Invariant.NOTHING_LOST);
    }

    @Test
    void reportsJobThatNeverEnds() {
        jobs.put("a", new JobRow("running", "", "", Optional.empty()));

        assertThat(check()).contains(Invariant.NOTHING_LOST);
    }

    @Test
    void reportsJobThatEndsTwice() {
        updates.add(completion(4));

        assertThat(check()).contains(Invariant.ENDS_ONCE, Invariant.UPDATES_IN_ORDER);
    }

    @Test
    void reportsEndWithoutUpdate() {
        updates.remove(2);
        rows.put("a", new UserRow("COMPLETED", 100, "", List.of()));
        objects.clear();

        assertThat(check()).containsExactly(Invariant.ENDS_ONCE);
    }

    @Test
    void reportsStageThatEndsTwiceWhenConsumerIgnoresSecondUpdate() {
        updates.set(1, update(20, "processing", "processing_complete", 70));
        updates.set(2, completion(30));
        updates.add(update(10, "processing", "processing_complete", 70));

        assertThat(check()).containsExactly(Invariant.STAGES_END_ONCE);
    }

    @Test
    void reportsFailureWithoutReason() {
        jobs.put("a", new JobRow("failed", "", "", Optional.of(END)));
        rows.put("a", new UserRow("FAILED", 20, "x", List.of()));
        updates.set(2, update(3, "failed", "upload_failed", 70));
        objects.clear();

        assertThat(check()).containsExactly(Invariant.FAILURES_HAVE_REASONS);
    }

    @Test
    void reportsDifferentUpdatesWithSameSeq() {
        updates.add(1, update(1, "processing", "downloading_video", 5));

        assertThat(check()).containsExactly(Invariant.DUPLICATES_ARE_IDENTICAL);
    }

    @Test
    void reportsDecreasingProgress() {
        updates.set(1, update(2, "processing", "processing_video", 99));
        updates.add(2, update(3, "processing", "processing_complete", 70));
        updates.set(3, completion(4));

        assertThat(check()).containsExactly(Invariant.UPDATES_IN_ORDER);
    }

    @Test
    void reportsMissingOutput() {
        objects.clear();

        assertThat(check()).containsExactly(Invariant.OUTPUTS_MATCH_COMPLETION);
    }

    @Test
    void reportsUnannouncedOutput() {
        objects.put("videos/media-a_720p.mp4", new StoredObject(10, END, Optional.empty()));

        assertThat(check()).containsExactly(Invariant.OUTPUTS_MATCH_COMPLETION);
    }

    @Test
    void followsAnnouncedPlaylists() {
        announceStream();
        assertThat(check()).isEmpty();

        objects.remove("streams/a/video.m3u8");
        assertThat(check()).containsExactly(Invariant.OUTPUTS_MATCH_COMPLETION);
    }

    @Test
    void reportsPlaylistThatNamesMissingBytes() {
        announceStream();
        objects.put("streams/a/video.m3u8", playlist("streams/a/video.m3u8", "#EXT-X-BYTERANGE:6@5\n../../" + KEY));

        assertThat(check()).containsExactly(Invariant.OUTPUTS_MATCH_COMPLETION);
    }

    @Test
    void checksPosterClipAndStoryboard() {
        String vtt = "streams/a/storyboard.vtt";
        String poster = "streams/a/poster.jpg";
        String clip = "streams/a/preview.mp4";
        updates.get(updates.size() - 1)
                .body()
                .put("poster", new JsonObject().put("s3_key", poster).put("file_size", 10))
                .put("storyboard", new JsonObject().put("vtt_key", vtt))
                .put("preview", new JsonObject().put("s3_key", clip).put("file_size", 10));
        objects.put(vtt, playlist(vtt, ""));
        assertThat(check()).containsExactly(Invariant.OUTPUTS_MATCH_COMPLETION, Invariant.OUTPUTS_MATCH_COMPLETION);

        objects.put(poster, playlist(poster, ""));
        assertThat(check()).containsExactly(Invariant.OUTPUTS_MATCH_COMPLETION);

        objects.put(clip, playlist(clip, ""));
        assertThat(check()).isEmpty();
    }

    private void announceStream() {
        RecordedUpdate end = updates.get(updates.size() - 1);
        end.body().put("streams", new JsonObject().put("hls_key", "streams/a/master.m3u8"));
        objects.put("streams/a/master.m3u8", playlist("streams/a/master.m3u8", "#EXTM3U\nvideo.m3u8"));
        objects.put(
                "streams/a/video.m3u8",
                playlist("streams/a/video.m3u8", "#EXT-X-MAP:URI=\"../../" + KEY + "\",BYTERANGE=\"5@0\""));
    }

    private static StoredObject playlist(String key, String text) {
        return new StoredObject(10, END.minusMillis(20), Optional.empty(), PlaylistReference.read(key, text));
    }

    @Test
    void reportsUndecodableOutput() {
        objects.put(KEY, new StoredObject(10, END, Optional.of("moov atom not found")));

        assertThat(check()).containsExactly(Invariant.OUTPUTS_PLAY);
    }

    @Test
    void reportsPlaylistWithWrongRange() {
        announceStream();
        StoredObject right = objects.get("streams/a/video.m3u8");
        objects.put(
                "streams/a/video.m3u8",
                new StoredObject(10, END, Optional.of("does not start with a key frame"), right.references()));

        assertThat(check()).containsExactly(Invariant.OUTPUTS_PLAY);
    }

    @Test
    void reportsOutputWrittenAfterEnd() {
        objects.put(KEY, new StoredObject(10, END.plusSeconds(5), Optional.empty()));

        assertThat(check()).containsExactly(Invariant.NO_LATE_WRITES);
    }

    @Test
    void reportsMismatchingUserTable() {
        rows.put("a", new UserRow("PROCESSING", 80, "", List.of()));

        assertThat(check()).containsExactly(Invariant.USER_TABLE_MATCHES);
    }

    @Test
    void reportsLeftovers() {
        messages.put("video.processing.upload", 1L);
        outbox.add("a row");
        files.add("a file");
        processes.add("ffmpeg");
        dead.add("a");
        objects.put(Snapshot.STAGING_PREFIX + "a", new StoredObject(1, END, Optional.empty()));

        assertThat(check()).hasSize(6).containsOnly(Invariant.NOTHING_LEFT);
    }

    private List<Invariant> check() {
        return InvariantChecker.check(
                        new Snapshot(submitted, jobs, rows, updates, objects, messages, dead, outbox, files, processes))
                .stream()
                .map(Violation::invariant)
                .toList();
    }

    private static RecordedUpdate update(long seq, String status, String step, int progress) {
        return new RecordedUpdate(
                "message-" + seq,
                false,
                new JsonObject()
                        .put("job_id", "a")
                        .put("seq", seq)
                        .put("status", status)
                        .put("current_step", step)
                        .put("progress", progress));
    }

    private static RecordedUpdate completion(long seq) {
        RecordedUpdate update = update(seq, "completed", "upload_complete", 100);
        update.body()
                .put(
                        "video_versions",
                        new JsonArray().add(new JsonObject().put("s3_key", KEY).put("file_size", 10)));
        return update;
    }
}

package dev.sluice.faults;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that can be seen of a run of the bench after its end.
 *
 * @param fed the jobs that were submitted
 * @param jobs what Sluice's own table says, by id
 * @param rows what the user's table says, by id
 * @param updates all that came, in the order in which it came
 * @param objects what lies in the store beside the sources, by key
 * @param messagesLeft messages in the queues of the stages, by queue, where there are any
 * @param deadLetters the jobs that lie in the queue of the dead letters
 * @param outboxLeft what is still to be sent, a line each
 * @param filesLeft what lies in the workspace
 * @param processesLeft FFmpeg processes and their sandboxes that outlived the workers
 */
record Snapshot(
        List<SubmittedJob> fed,
        Map<String, JobRow> jobs,
        Map<String, UserRow> rows,
        List<RecordedUpdate> updates,
        Map<String, StoredObject> objects,
        Map<String, Long> messagesLeft,
        List<String> deadLetters,
        List<String> outboxLeft,
        List<String> filesLeft,
        List<String> processesLeft) {

    /** Where the store keeps what is not announced yet. */
    static final String STAGING_PREFIX = "sluice-staging/";

    /** A job in {@code sluice.job}. */
    record JobRow(String state, String errorCode, String error, Optional<Instant> finishedAt) {
        boolean isEnded() {
            return state.equals("completed") || state.equals("failed");
        }
    }

    /**
     * A job in the user's table.
     *
     * @param keys of the renditions and thumbnails that it names
     */
    record UserRow(String status, int progress, String error, List<String> keys) {}

    /**
     * An object in the store.
     *
     * @param complaint why it does not play, if it was looked at and does not
     */
    record StoredObject(long bytes, Instant writtenAt, Optional<String> complaint) {}
}

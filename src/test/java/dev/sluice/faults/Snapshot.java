package dev.sluice.faults;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Observable state after a run.
 *
 * @param submitted the jobs that were submitted
 * @param jobs rows of {@code sluice.job}, by id
 * @param rows rows of the job table of the user, by id
 * @param updates in the order of receipt
 * @param objects stored objects except the sources, by key
 * @param messagesLeft number of messages in the stage queues that are not empty
 * @param deadLetters ids of the jobs in the dead-letter queue
 * @param outboxLeft unsent messages
 * @param filesLeft files in the workspace
 * @param processesLeft FFmpeg processes and their sandboxes that outlived the workers
 */
record Snapshot(
        List<SubmittedJob> submitted,
        Map<String, JobRow> jobs,
        Map<String, UserRow> rows,
        List<RecordedUpdate> updates,
        Map<String, StoredObject> objects,
        Map<String, Long> messagesLeft,
        List<String> deadLetters,
        List<String> outboxLeft,
        List<String> filesLeft,
        List<String> processesLeft) {

    /** Prefix of staged objects. */
    static final String STAGING_PREFIX = "sluice-staging/";

    /** A job in {@code sluice.job}. */
    record JobRow(String state, String errorCode, String error, Optional<Instant> finishedAt) {
        boolean isEnded() {
            return state.equals("completed") || state.equals("failed");
        }
    }

    /**
     * A row of the job table of the user.
     *
     * @param keys of its renditions and thumbnails
     */
    record UserRow(String status, int progress, String error, List<String> keys) {}

    /**
     * An object in the store.
     *
     * @param error why it cannot be decoded, or is no right playlist; empty if it can, or was not decoded
     * @param references of a playlist
     */
    record StoredObject(long bytes, Instant writtenAt, Optional<String> error, List<PlaylistReference> references) {
        StoredObject(long bytes, Instant writtenAt, Optional<String> error) {
            this(bytes, writtenAt, error, List.of());
        }
    }
}

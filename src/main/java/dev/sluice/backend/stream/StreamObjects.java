package dev.sluice.backend.stream;

import dev.sluice.job.JobId;
import dev.sluice.media.streaming.RelativeUri;
import dev.sluice.media.streaming.StreamDocument;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.OutputKeys;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The objects of one stream of a job: its published outputs, or its growing stream.
 *
 * @param isOutput whether an object is a published output of the job
 * @param growing fencing token of the plan of the growing stream; 0: the published outputs
 */
record StreamObjects(JobId job, String mediaId, OutputKeys keys, Predicate<ObjectKey> isOutput, int growing) {
    /** Names of documents. */
    private static final Pattern DOCUMENT_NAME = Pattern.compile("[A-Za-z0-9_-]{1,100}\\.(m3u8|mpd|vtt)");

    /** Names of pieces and playlists of a growing stream. */
    private static final Pattern GROWING_NAME = Pattern.compile("[A-Za-z0-9_-]{1,100}\\.(m3u8|mp4)");

    /** The key of a document; empty if the stream has none of this name. */
    Optional<ObjectKey> document(String name) {
        if (!DOCUMENT_NAME.matcher(name).matches()) {
            return Optional.empty();
        }
        return growing > 0
                ? growingKey(name)
                : Optional.of(keys.streamKey(mediaId, name)).filter(isOutput);
    }

    /** The name of a playlist that a document names; empty if it names another object. */
    Optional<String> playlistName(ObjectKey key) {
        Optional<String> name = growing > 0
                ? Optional.of(key.value().substring(key.value().lastIndexOf('/') + 1))
                : keys.streamName(mediaId, key);
        return name.filter(found ->
                StreamDocument.named(found).filter(StreamDocument.HLS::equals).isPresent());
    }

    /** The object that a document names with a URI; empty if it is none of this stream. */
    Optional<ObjectKey> resolve(ObjectKey document, String uri) {
        if (growing > 0) {
            return growingKey(uri);
        }
        try {
            return RelativeUri.resolve(document.value(), uri)
                    .map(ObjectKey::new)
                    .filter(isOutput);
        } catch (IllegalArgumentException noKey) {
            return Optional.empty();
        }
    }

    private Optional<ObjectKey> growingKey(String name) {
        return GROWING_NAME.matcher(name).matches()
                ? Optional.of(keys.growingKey(mediaId, job, growing, name))
                : Optional.empty();
    }
}

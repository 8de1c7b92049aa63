package dev.sluice.backend.stream;

import dev.sluice.media.streaming.Playlist;
import dev.sluice.media.streaming.StreamDocument;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.OutputKeys;
import java.util.Optional;

/** The streaming documents of a job as the API serves them: references from one to another, with the token that permits reading. */
public final class SignedStream {
    private final StreamObjects objects;
    private final OutputKeys keys;
    private final String token;

    SignedStream(StreamObjects objects, OutputKeys keys, String token) {
        this.objects = objects;
        this.keys = keys;
        this.token = token;
    }

    /** The key of the multivariant playlist of a video that is being encoded; empty if it cannot be watched yet. */
    public Optional<ObjectKey> growingPlaylist() {
        return objects.growing() > 0 ? objects.document(Playlist.MASTER) : Optional.empty();
    }

    /** The reference to the multivariant playlist. */
    public String multivariantPlaylist() {
        return reference(Playlist.MASTER, token);
    }

    /** The reference to a published document; empty if the object of this key is none of the job. */
    public Optional<String> referenceTo(ObjectKey key) {
        return keys.streamName(objects.mediaId(), key)
                .filter(name -> StreamDocument.named(name).isPresent())
                .filter(name -> objects.document(name).isPresent())
                .map(name -> reference(name, token));
    }

    /** Name and query of the URL of a document. */
    static String reference(String name, String token) {
        return name + "?token=" + token;
    }
}

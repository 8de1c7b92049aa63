package dev.sluice.backend.stream;

import dev.sluice.job.JobId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The right to read the streaming documents of one job until the token expires.
 *
 * @param job the job whose documents it permits
 * @param growing fencing token of the plan whose growing stream it permits; 0: the published outputs
 * @param issued start of the validity, in whole seconds
 * @param valid at least a second
 * @param binding of the media item and the owner of the job, see {@link StreamTokenCodec#binding}
 */
record StreamToken(JobId job, int growing, Instant issued, Duration valid, Binding binding) {
    /** Identifies a media item and its owner without disclosing them. */
    record Binding(long high, long low) {}

    boolean isExpired(Instant now) {
        return !now.isBefore(issued.plus(valid));
    }

    /** Whether the job still has the media item and the owner for which the token was issued. */
    boolean isBoundTo(StreamTokenCodec codec, String mediaId, Optional<String> owner) {
        return binding.equals(codec.binding(mediaId, owner));
    }
}

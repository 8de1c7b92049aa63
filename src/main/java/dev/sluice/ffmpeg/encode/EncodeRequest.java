package dev.sluice.ffmpeg.encode;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.media.ProbedSource;
import java.nio.file.Path;

/**
 * Parameters of an encode.
 *
 * @param directory for the outputs; must exist and be used by this attempt only
 * @param threads that FFmpeg may use, 1 or more
 * @param progress receives the completed fraction, 0 to 1
 */
public record EncodeRequest(
        ProbedSource source, Path directory, int threads, ProgressListener progress, CancellationToken cancellation) {}

package dev.sluice.ffmpeg.encode;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.media.ProbedSource;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Parameters of an encode.
 *
 * @param directory for the outputs; must exist and be used by this attempt only
 * @param threads that FFmpeg may use, 1 or more
 * @param progress receives the completed fraction, 0 to 1
 * @param written receives each rendition of a whole encode when its file does not change any more, before it is verified
 */
public record EncodeRequest(
        ProbedSource source,
        Path directory,
        int threads,
        ProgressListener progress,
        Consumer<Path> written,
        CancellationToken cancellation) {}

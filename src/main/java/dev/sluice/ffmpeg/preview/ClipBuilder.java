package dev.sluice.ffmpeg.preview;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.process.Watchdog;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import dev.sluice.job.JobException;
import dev.sluice.media.Dimensions;
import dev.sluice.media.preview.ClipFile;
import dev.sluice.media.preview.ClipPlan;
import dev.sluice.media.rendition.RenditionFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds the preview clip from a rendition, and verifies it. A clip that cannot be made is left out.
 *
 * @param timeout of each of the two processes
 */
record ClipBuilder(FfmpegInstallation ffmpeg, Duration timeout) {
    private static final Logger LOG = LoggerFactory.getLogger(ClipBuilder.class);
    /** Of three seconds with at most 320 x 320 pixels. */
    private static final long MAX_BYTES = 16L << 20;

    /**
     * Builds the clip beside the rendition; blocks.
     *
     * @param start time of the first frame of the rendition
     * @throws JobException the reason of the cancellation, if cancelled
     */
    Optional<ClipFile> build(Path directory, RenditionFile rendition, Duration start, CancellationToken cancellation) {
        ClipPlan plan = ClipPlan.of(new Dimensions(rendition.width(), rendition.height()), start, rendition.duration());
        try {
            PreviewBuilder.requireSuccess(ffmpeg.encodeRunner(FileAccess.writeDirectory(directory), MAX_BYTES)
                    .run(
                            PreviewCommand.clip(String.valueOf(rendition.file().getFileName()), plan),
                            line -> {},
                            Watchdog.withDeadline(timeout),
                            cancellation));
            ClipFile clip = ClipFile.of(directory.resolve(PreviewCommand.CLIP), plan.size());
            verify(directory, plan, cancellation);
            return Optional.of(clip);
        } catch (IOException | JobException failed) {
            cancellation.throwIfCancelled();
            LOG.atWarn().setCause(failed).log("preview clip not made");
            return Optional.empty();
        }
    }

    /** Decodes the clip. */
    private void verify(Path directory, ClipPlan plan, CancellationToken cancellation) throws IOException {
        List<String> streams = new ArrayList<>();
        PreviewBuilder.requireSuccess(ffmpeg.probeRunner(FileAccess.readDirectory(directory))
                .run(PreviewCommand.inspectClip(), streams::add, Watchdog.withDeadline(timeout), cancellation));
        List<String> expected =
                List.of("h264," + plan.size().width() + "," + plan.size().height() + ",yuv420p," + plan.frames());
        if (!streams.equals(expected)) {
            throw new IOException(PreviewCommand.CLIP + " has the streams " + streams + " instead of " + expected);
        }
    }
}

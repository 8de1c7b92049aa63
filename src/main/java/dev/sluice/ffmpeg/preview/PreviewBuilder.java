package dev.sluice.ffmpeg.preview;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.MediaConfig;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.Watchdog;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import dev.sluice.job.JobException;
import dev.sluice.media.Dimensions;
import dev.sluice.media.preview.FrameStatistics;
import dev.sluice.media.preview.ImageFile;
import dev.sluice.media.preview.Previews;
import dev.sluice.media.preview.Storyboard;
import dev.sluice.media.preview.TileFiles;
import dev.sluice.media.rendition.RenditionFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds storyboard and poster from the tiles and the largest rendition of an encode, and the preview clip from the smallest one.
 * What cannot be made is left out: none of them fails the job.
 *
 * @param timeout of each process
 */
public record PreviewBuilder(FfmpegInstallation ffmpeg, Duration timeout) {
    private static final Logger LOG = LoggerFactory.getLogger(PreviewBuilder.class);
    /** A sheet has at most 1600 x 1600 pixels; a poster may have many more. */
    private static final long MAX_BYTES = 256L << 20;

    /**
     * What the previews are built from.
     *
     * @param directory with the tiles
     * @param displaySize of the source
     * @param start of the video stream, as stated
     * @param end of the video stream
     */
    public record Request(
            Path directory,
            Dimensions displaySize,
            RenditionFile largest,
            RenditionFile smallest,
            Duration start,
            Duration end) {}

    /** Tiles with consecutive numbers, in the order of their timestamps. */
    private record Tiles(Dimensions size, List<Duration> times) {}

    /**
     * Builds what the settings request; blocks.
     *
     * @throws JobException the reason of the cancellation, if cancelled
     */
    public Previews build(Request request, MediaConfig.Preview settings, CancellationToken cancellation) {
        Previews images = settings.needsTiles() ? images(request, settings, cancellation) : Previews.NONE;
        // The start as stated may be before the first frame.
        return settings.clip()
                ? images.withClip(new ClipBuilder(ffmpeg, timeout)
                        .build(
                                request.directory(),
                                request.smallest(),
                                request.end().minus(request.smallest().duration()),
                                cancellation))
                : images;
    }

    private Previews images(Request request, MediaConfig.Preview settings, CancellationToken cancellation) {
        try {
            Tiles tiles = number(request);
            if (tiles.times().isEmpty()) {
                // The worker of an earlier version encoded the segments.
                return Previews.NONE;
            }
            StatisticsParser statistics = new StatisticsParser();
            run(request, PreviewCommand.sheets(tiles.times().size()), statistics::accept, cancellation);
            Optional<Storyboard> storyboard =
                    settings.storyboard() ? Optional.of(storyboard(request, tiles)) : Optional.empty();
            return new Previews(
                    settings.poster()
                            ? poster(
                                    request,
                                    tiles.times()
                                            .get(FrameStatistics.poster(
                                                    tiles.times(), statistics.frames(), request.end())),
                                    cancellation)
                            : Optional.empty(),
                    storyboard,
                    Optional.empty());
        } catch (IOException | JobException failed) {
            cancellation.throwIfCancelled();
            LOG.atWarn().setCause(failed).log("storyboard and poster not made");
            return Previews.NONE;
        }
    }

    private static Tiles number(Request request) throws IOException {
        List<String> names = TileFiles.firstPerInterval(
                TileFiles.listFiles(request.directory()).stream()
                        .map(file -> String.valueOf(file.getFileName()))
                        .toList(),
                request.start(),
                TileFiles.interval(request.end().minus(request.start())));
        List<Duration> times = new ArrayList<>();
        for (String name : names) {
            Files.move(
                    request.directory().resolve(name), request.directory().resolve(PreviewCommand.tile(times.size())));
            times.add(TileFiles.timestamp(name));
        }
        return new Tiles(TileFiles.size(request.displaySize()), times);
    }

    private static Storyboard storyboard(Request request, Tiles tiles) throws IOException {
        int count = tiles.times().size();
        List<ImageFile> sheets = new ArrayList<>();
        for (int i = 0; i < Storyboard.sheets(count); i++) {
            sheets.add(ImageFile.of(
                    request.directory().resolve(PreviewCommand.sheet(i)),
                    Storyboard.sheetSize(tiles.size(), count),
                    tiles.times().get(i * Storyboard.COLUMNS * Storyboard.COLUMNS)));
        }
        return new Storyboard(tiles.size(), tiles.times(), request.end(), sheets);
    }

    private Optional<ImageFile> poster(Request request, Duration time, CancellationToken cancellation) {
        RenditionFile largest = request.largest();
        Dimensions size = new Dimensions(largest.width(), largest.height());
        try {
            run(
                    request,
                    PreviewCommand.poster(String.valueOf(largest.file().getFileName()), size, time),
                    line -> {},
                    cancellation);
            return Optional.of(ImageFile.of(request.directory().resolve(PreviewCommand.POSTER), size, time));
        } catch (IOException | JobException failed) {
            cancellation.throwIfCancelled();
            LOG.atWarn().setCause(failed).log("poster not made");
            return Optional.empty();
        }
    }

    private void run(Request request, List<String> arguments, Consumer<String> output, CancellationToken cancellation)
            throws IOException {
        FfmpegRunner.ExitResult exit = ffmpeg.encodeRunner(FileAccess.writeDirectory(request.directory()), MAX_BYTES)
                .run(arguments, output, Watchdog.withDeadline(timeout), cancellation);
        requireSuccess(exit);
    }

    /** An error without an exit code leaves a part of the output out. */
    static void requireSuccess(FfmpegRunner.ExitResult exit) throws IOException {
        if (exit.exitCode() != 0 || exit.stderr().errorCount() > 0) {
            throw new IOException(exit.stderr().toString());
        }
    }
}

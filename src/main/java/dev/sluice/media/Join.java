package dev.sluice.media;

import dev.sluice.config.FfmpegConfig;
import dev.sluice.config.MediaConfig;
import dev.sluice.job.Cancellation;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobFailure;
import dev.sluice.media.JoinCommand.Piece;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** Makes whole renditions of their segments and of the sound, by copying, and checks them. */
public final class Join {
    private final FfmpegInstallation ffmpeg;
    private final FfmpegConfig ffmpegConfig;
    private final MediaConfig config;

    public Join(FfmpegInstallation ffmpeg, FfmpegConfig ffmpegConfig, MediaConfig config) {
        this.ffmpeg = ffmpeg;
        this.ffmpegConfig = ffmpegConfig;
        this.config = config;
    }

    /**
     * Joins what lies in {@code directory}: the segments in directories named after their numbers, and the sound where the
     * source has some. Blocks until all is done.
     *
     * @param frames how many each segment has, in the order of their numbers
     * @throws JobFailure NO_FRAMES when no segment has any, FFMPEG_FAILED, FFMPEG_STALLED, DISK_FULL, OUTPUT_INVALID, or the
     *     cancellation's reason
     */
    public List<RenditionFile> run(Path directory, MediaInfo info, List<Long> frames, Cancellation cancellation) {
        List<Rendition> renditions = new Ladder(config).renditions(info.video().displayed());
        List<Piece> pieces = pieces(directory, renditions.get(renditions.size() - 1), frames, cancellation);
        if (pieces.isEmpty()) {
            throw EncodeFailure.noFrames();
        }
        writeLists(directory, renditions, pieces);
        boolean withSound = info.audio().isPresent();
        ProgressParser parser = new ProgressParser();
        FfmpegRun.Outcome outcome = new EncodeRun(ffmpeg, ffmpegConfig, config)
                .of(
                        JoinCommand.arguments(
                                renditions, withSound, pieces.get(0).start()),
                        Reach.writing(directory),
                        parser,
                        () -> {},
                        cancellation);
        EncodeRun.requireSuccess(outcome, parser);
        return new OutputCheck(ffmpeg, ffmpegConfig.probeTimeout())
                .check(
                        directory,
                        renditions,
                        withSound,
                        frames.stream().mapToLong(Long::longValue).sum(),
                        parser.reached(),
                        cancellation)
                .files();
    }

    private List<Piece> pieces(Path directory, Rendition smallest, List<Long> frames, Cancellation cancellation) {
        return IntStream.range(0, frames.size())
                .filter(number -> frames.get(number) > 0)
                .mapToObj(number -> new Piece(
                        number, start(directory.resolve(JoinCommand.fileName(number, smallest)), cancellation)))
                .toList();
    }

    /** When the first frame of a segment is shown. */
    private Duration start(Path file, Cancellation cancellation) {
        Description description =
                Description.of(file, ffmpeg, config.limits(), ffmpegConfig.probeTimeout(), cancellation);
        boolean read = description.outcome().exitCode() == 0;
        return (read ? ProbeReport.of(description.json()).streams() : List.<StreamReport>of())
                .stream()
                        .findFirst()
                        .flatMap(StreamReport::start)
                        .orElseThrow(() -> new JobFailure(ErrorCode.OUTPUT_INVALID, "A segment cannot be read back."));
    }

    private static void writeLists(Path directory, List<Rendition> renditions, List<Piece> pieces) {
        try {
            for (Rendition rendition : renditions) {
                Files.writeString(
                        directory.resolve(JoinCommand.listName(rendition)),
                        JoinCommand.list(rendition, pieces),
                        StandardCharsets.US_ASCII);
            }
        } catch (IOException cause) {
            throw new JobFailure(ErrorCode.DISK_FULL, "The lists of segments can't be written.", cause);
        }
    }
}

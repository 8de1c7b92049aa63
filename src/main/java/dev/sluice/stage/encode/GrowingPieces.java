package dev.sluice.stage.encode;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ParallelTasks;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.config.MediaConfig;
import dev.sluice.job.JobException;
import dev.sluice.media.Dimensions;
import dev.sluice.media.hybrid.AudioFragmentWriter;
import dev.sluice.media.hybrid.HybridWriter;
import dev.sluice.media.rendition.Rendition;
import dev.sluice.media.rendition.RenditionLadder;
import dev.sluice.media.segment.EncodedSegment;
import dev.sluice.media.segment.Segment;
import dev.sluice.media.streaming.FileRange;
import dev.sluice.media.streaming.FragmentedStream;
import dev.sluice.media.streaming.StreamPiece;
import dev.sluice.media.text.CaptionChannel;
import dev.sluice.media.text.CaptionReader;
import dev.sluice.message.EncodePlan;
import dev.sluice.objectstore.ObjectStore;
import dev.sluice.objectstore.OutputKeys;
import dev.sluice.stage.StageContext;
import dev.sluice.stage.TaskStream;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what a task has encoded for players, before its attempt is committed. The names of the objects contain the fencing
 * token of the attempt, so no other attempt replaces them. An error is logged, and the stream then ends before this task: it does
 * not fail the job.
 *
 * @param workers for rewriting files
 * @param media settings of this host
 */
public record GrowingPieces(ObjectStore objectStore, OutputKeys keys, WorkerExecutor workers, MediaConfig media) {
    private static final Logger LOG = LoggerFactory.getLogger(GrowingPieces.class);
    private static final int CONCURRENCY = 4;
    private static final int DIGEST_BYTES = 16;

    /** A file to publish. */
    private record PieceFile(Path file, TaskStream.Piece description) {}

    /** Publishes the renditions of a segment, which become hybrid files; returns the addition to the task result. */
    Future<JsonObject> publishVideo(StageContext context, EncodePlan plan, Segment segment, EncodedSegment encoded) {
        return plan.growing().isEmpty()
                ? Future.succeededFuture(new JsonObject())
                : publish(context, plan, () -> video(context, plan, segment, encoded))
                        .map(pieces -> stream(plan, pieces));
    }

    /**
     * Publishes the start of the audio and saves it as checkpoint, so that playlists may name it before the whole audio is encoded;
     * returns it for {@link #publishAudio}. Nothing is published again if an earlier attempt has done so.
     *
     * @param encode encodes the audio of a duration to a file
     */
    Future<Optional<TaskStream>> publishAudioHead(
            StageContext context, EncodePlan plan, Function<Duration, Future<Path>> encode) {
        SegmentTasks tasks = new SegmentTasks(plan);
        int segments = tasks.audioHeadSegments();
        if (segments == 0) {
            return Future.succeededFuture(Optional.empty());
        }
        Optional<TaskStream> saved = TaskStream.of(context.checkpoint().previous());
        if (saved.isPresent()) {
            return Future.succeededFuture(saved);
        }
        // The last segment of the head is not used, and each may be half as long again.
        Duration duration = tasks.segment(SegmentTasks.of(segments - 1))
                .end()
                .plus(SegmentTasks.media(plan, media).segmentDuration().multipliedBy(3));
        return encode.apply(duration)
                .transform(head -> head.succeeded()
                        ? publish(context, plan, () -> audioHead(context, plan, head.result()))
                        : notPublished(context, head.cause()))
                .compose(pieces -> pieces.filter(published -> !published.isEmpty())
                        .map(published -> new TaskStream(targetSeconds(plan), published))
                        .map(stream -> context.checkpoint()
                                .save(new JsonObject()
                                        .put(TaskStream.FIELD, stream.toJson())
                                        .put(TaskStream.UNTIL, SegmentTasks.of(segments)))
                                .map(Optional.of(stream)))
                        .orElseGet(() -> Future.succeededFuture(Optional.empty())));
    }

    /**
     * Publishes the audio; returns the addition to the task result.
     *
     * @param head what {@link #publishAudioHead} has published
     */
    Future<JsonObject> publishAudio(StageContext context, EncodePlan plan, Path audio, Optional<TaskStream> head) {
        return plan.growing().isEmpty()
                ? Future.succeededFuture(new JsonObject())
                : publish(
                                context,
                                plan,
                                () -> audio(context, plan, audio, "audio").stream()
                                        .toList())
                        .map(pieces -> stream(
                                plan,
                                pieces.map(whole -> Stream.concat(
                                                head.stream().flatMap(stream -> stream.pieces().stream()),
                                                whole.stream())
                                        .toList())));
    }

    private JsonObject stream(EncodePlan plan, Optional<List<TaskStream.Piece>> pieces) {
        return pieces.map(published ->
                        new JsonObject().put(TaskStream.FIELD, new TaskStream(targetSeconds(plan), published).toJson()))
                .orElseGet(JsonObject::new);
    }

    /** Empty if the files could not be published. */
    private Future<Optional<List<TaskStream.Piece>>> publish(
            StageContext context, EncodePlan plan, Callable<List<PieceFile>> files) {
        return workers.executeBlocking(files, false)
                .compose(pieces -> ParallelTasks.forEachIndex(
                                pieces.size(), CONCURRENCY, number -> upload(context, plan, pieces.get(number)))
                        .map(Optional.of(
                                pieces.stream().map(PieceFile::description).toList())))
                .recover(cause -> notPublished(context, cause));
    }

    private static <T> Future<Optional<T>> notPublished(StageContext context, Throwable cause) {
        if (context.cancellation().isCancelled()) {
            return Future.failedFuture(cause);
        }
        LOG.atWarn()
                .addKeyValue("jobId", context.job().id())
                .addKeyValue("task", context.attempt().run().task())
                .addKeyValue("errorCode", JobException.of(cause).code().wire())
                .addKeyValue("error", cause.getMessage())
                .log("segment not published while the video is encoded; its stream ends here");
        return Future.succeededFuture(Optional.empty());
    }

    private Future<Void> upload(StageContext context, EncodePlan plan, PieceFile piece) {
        return objectStore
                .upload(
                        keys.growingKey(
                                context.job().mediaId(),
                                context.job().id(),
                                plan.growing().orElseThrow(),
                                piece.description().piece().name()),
                        piece.file(),
                        "video/mp4",
                        ProgressListener.noop(),
                        context.cancellation())
                .mapEmpty();
    }

    private List<PieceFile> video(StageContext context, EncodePlan plan, Segment segment, EncodedSegment encoded) {
        if (encoded.frames().isEmpty()) {
            return List.of();
        }
        Path anyFile = encoded.files().get(0);
        Optional<Duration> next = plan.firstFrameTimes().subList(segment.number() + 1, plan.segmentCount()).stream()
                .flatMap(Optional::stream)
                .findFirst();
        MediaConfig settings = SegmentTasks.media(plan, media);
        List<Rendition> renditions = new RenditionLadder(settings)
                .renditions(new Dimensions(plan.video().width(), plan.video().height())).stream()
                        .filter(rendition -> !rendition.isAv1())
                        .toList();
        List<PieceFile> pieces = new ArrayList<>();
        for (Rendition rendition : renditions) {
            Path file = anyFile.resolveSibling(rendition.fileName());
            FragmentedStream video = HybridWriter.replacePart(
                            file, segment.start(), settings.segmentDuration(), context.cancellation())
                    .video();
            String name = rendition.quality() + "-" + segment.number() + "-"
                    + context.attempt().fencingToken() + ".mp4";
            pieces.add(new PieceFile(
                    file,
                    new TaskStream.Piece(
                            rendition.quality(),
                            rendition.maxBitrate(),
                            StreamPiece.of(
                                    name,
                                    video,
                                    digest(file, video.initialization()),
                                    segment.isFirst() ? captions(file, context.cancellation()) : List.of(),
                                    next))));
        }
        // The ladder starts with the largest.
        Collections.reverse(pieces);
        return pieces;
    }

    private List<PieceFile> audioHead(StageContext context, EncodePlan plan, Path head) {
        return audio(context, plan, head, "audio-head")
                .flatMap(piece -> piece.description()
                        .piece()
                        .withoutLastSegment()
                        .map(complete -> new PieceFile(piece.file(), TaskStream.ofAudio(complete))))
                .stream()
                .toList();
    }

    private Optional<PieceFile> audio(StageContext context, EncodePlan plan, Path audio, String name) {
        Path file = audio.resolveSibling(name + "-fragments.mp4");
        Duration videoStart = plan.firstFrameTimes().stream()
                .flatMap(Optional::stream)
                .findFirst()
                .orElse(plan.start());
        return AudioFragmentWriter.write(
                        audio,
                        file,
                        videoStart,
                        SegmentTasks.media(plan, media).segmentDuration(),
                        context.cancellation())
                .map(stream -> StreamPiece.of(
                        name + "-" + context.attempt().fencingToken() + ".mp4",
                        stream,
                        digest(file, stream.initialization()),
                        List.of(),
                        Optional.empty()))
                .map(piece -> new PieceFile(file, TaskStream.ofAudio(piece)));
    }

    /** The longest segment that key frames at their interval lead to: a key frame is late by up to a frame. */
    private long targetSeconds(EncodePlan plan) {
        double segment = SegmentTasks.media(plan, media).segmentDuration().toMillis() / 1e3;
        return Math.max(1, Math.round(segment + 1 / Math.max(1, plan.video().frameRate())));
    }

    /** The multivariant playlist states those of the first segment. */
    private static List<CaptionChannel> captions(Path file, CancellationToken cancellation) {
        try {
            return CaptionReader.read(file, cancellation).summary().channels();
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    private static String digest(Path file, FileRange range) {
        try (InputStream in = Files.newInputStream(file)) {
            in.skipNBytes(range.offset());
            byte[] content = in.readNBytes(Math.toIntExact(range.bytes()));
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content), 0, DIGEST_BYTES);
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("SHA-256 is not available", impossible);
        }
    }
}

package dev.sluice.coordination;

import dev.sluice.job.StageName;
import dev.sluice.message.OutputFile;
import dev.sluice.message.StagedJob;
import dev.sluice.message.VideoMetadata;
import dev.sluice.stage.Stage;
import dev.sluice.stage.StageContext;
import dev.sluice.stage.StageResult;
import dev.sluice.workspace.Workspace;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A stage that copies a small file, so that only the coordination overhead remains. */
record StubStage(StageName name, Vertx vertx, Workspace workspace, Path sample) implements Stage {
    private static final int BYTES = 4096;
    private static final VideoMetadata METADATA =
            new VideoMetadata(62.5, "h264", 3_400_000, 25, 1920, 1080, BYTES, "video/mp4");

    @Override
    public Future<StageResult> run(StageContext context) {
        return switch (name) {
            case DOWNLOAD ->
                copied(context, sample)
                        .map(source -> done(context.job().withSource(workspace.relativize(source), METADATA)));
            case PROCESSING ->
                workspace
                        .resolve(
                                context.job().id(),
                                context.job().localVideoPath().orElseThrow())
                        .compose(source -> copied(context, source))
                        .map(made ->
                                done(context.job().withOutputs(outputs(context.job(), workspace.relativize(made)))));
            case SEGMENT, JOIN -> Future.failedFuture(new IllegalStateException("no segments are planned"));
            case UPLOAD ->
                Future.succeededFuture(done(context.job()
                        .withOutputs(context.job().outputs().stream()
                                .map(OutputFile::withoutLocation)
                                .toList())));
        };
    }

    private Future<Path> copied(StageContext context, Path source) {
        return workspace.withAttemptDirectory(
                context.attempt(),
                BYTES,
                directory -> vertx.executeBlocking(() -> Files.copy(source, directory.file("copy.mp4")), false));
    }

    private static StageResult done(StagedJob job) {
        return new StageResult(job, new JsonObject().put("bytes", BYTES));
    }

    /** Three renditions, and the thumbnails of one minute. */
    private static List<OutputFile> outputs(StagedJob job, String path) {
        Stream<OutputFile> renditions = Stream.of(360, 540, 720)
                .map(height -> new OutputFile(
                        OutputFile.Type.SCALED,
                        "videos/" + job.mediaId() + "_" + height + "p.mp4",
                        height * 16 / 9,
                        height,
                        BYTES,
                        "video/mp4",
                        height + "p",
                        0));
        Stream<OutputFile> thumbnails = Stream.of(0, 1, 2, 3, 4)
                .map(n -> new OutputFile(
                        OutputFile.Type.THUMBNAIL,
                        "thumbnails/" + job.mediaId() + "_" + n + ".jpg",
                        320,
                        180,
                        BYTES,
                        "image/jpeg",
                        "",
                        15.0 * n));
        return Stream.concat(renditions, thumbnails)
                .map(output -> output.withLocalPath(path))
                .toList();
    }
}

package dev.sluice.stage.encode;

import dev.sluice.media.rendition.EncodeResult;
import dev.sluice.media.rendition.RenditionFile;
import dev.sluice.media.rendition.ThumbnailFile;
import dev.sluice.message.OutputFile;
import dev.sluice.message.StagedJob;
import dev.sluice.objectstore.OutputKeys;
import dev.sluice.stage.StageContext;
import dev.sluice.stage.StageResult;
import dev.sluice.stage.artifact.ArtifactStore;
import dev.sluice.stage.artifact.LocalFile;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Stores finished renditions and thumbnails for the upload stage. */
public record EncodeOutputStore(OutputKeys keys, ArtifactStore artifactStore) {
    private record Output(OutputFile description, Path file) {
        LocalFile localFile() {
            return new LocalFile(file, description.fileSize(), description.mimeType());
        }
    }

    /** Stores the outputs and adds them, with their locations, to the job. */
    Future<StageResult> store(StageContext context, EncodeResult result) {
        StagedJob job = context.job();
        List<Output> outputs = new ArrayList<>();
        result.renditions().forEach(rendition -> outputs.add(output(job.mediaId(), rendition)));
        if (job.updateOptions().thumbnails()) {
            result.thumbnails().forEach(thumbnail -> outputs.add(output(job.mediaId(), thumbnail)));
        }
        List<LocalFile> files = outputs.stream().map(Output::localFile).toList();
        JsonObject summary = new JsonObject()
                .put("renditions", result.renditions().size())
                .put("thumbnails", outputs.size() - result.renditions().size())
                .put("bytes", files.stream().mapToLong(LocalFile::bytes).sum());
        return artifactStore.store(context, files).map(locations -> {
            List<OutputFile> stored = IntStream.range(0, outputs.size())
                    .mapToObj(i -> locations.get(i).applyTo(outputs.get(i).description()))
                    .toList();
            return new StageResult(job.withoutPlan().withOutputs(stored).withWarnings(result.warnings()), summary);
        });
    }

    private Output output(String mediaId, RenditionFile rendition) {
        return new Output(
                new OutputFile(
                        OutputFile.Type.SCALED,
                        keys.renditionKey(mediaId, rendition.quality()).value(),
                        rendition.width(),
                        rendition.height(),
                        rendition.bytes(),
                        "video/mp4",
                        rendition.quality(),
                        0),
                rendition.file());
    }

    private Output output(String mediaId, ThumbnailFile thumbnail) {
        return new Output(
                new OutputFile(
                        OutputFile.Type.THUMBNAIL,
                        keys.thumbnailKey(mediaId, thumbnail.index()).value(),
                        thumbnail.width(),
                        thumbnail.height(),
                        thumbnail.bytes(),
                        "image/jpeg",
                        "",
                        thumbnail.timestamp().toMillis() / 1000.0),
                thumbnail.file());
    }
}

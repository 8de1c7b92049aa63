package dev.sluice.stage.encode;

import dev.sluice.common.async.ProgressListener;
import dev.sluice.media.rendition.EncodeResult;
import dev.sluice.media.rendition.RenditionFile;
import dev.sluice.media.rendition.ThumbnailFile;
import dev.sluice.message.OutputFile;
import dev.sluice.message.StagedJob;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.OutputKeys;
import dev.sluice.stage.StageContext;
import dev.sluice.stage.StageResult;
import dev.sluice.stage.artifact.ArtifactStore;
import dev.sluice.stage.artifact.OutputUpload;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Renditions and thumbnails that are done, left for the upload stage. */
public final class EncodeOutputStore {
    private final OutputKeys keys;
    private final ArtifactStore artifactStore;

    public EncodeOutputStore(OutputKeys keys, ArtifactStore artifactStore) {
        this.keys = keys;
        this.artifactStore = artifactStore;
    }

    ArtifactStore artifactStore() {
        return artifactStore;
    }

    /** Leaves them; the job then says what they are and where. */
    Future<StageResult> store(StageContext context, EncodeResult made) {
        List<OutputUpload> all = new ArrayList<>();
        made.renditions().forEach(rendition -> all.add(result(context.job().mediaId(), rendition)));
        if (context.job().updateOptions().thumbnails()) {
            made.thumbnails().forEach(thumbnail -> all.add(result(context.job().mediaId(), thumbnail)));
        }
        ProgressListener leaving = done -> context.progress().report(1 - artifactStore.progressShare() * (1 - done));
        return artifactStore
                .store(context, all.stream().map(OutputUpload::toLocalFile).toList(), leaving)
                .map(places -> {
                    List<OutputFile> outputs = IntStream.range(0, all.size())
                            .mapToObj(number ->
                                    places.get(number).applyTo(all.get(number).output()))
                            .toList();
                    StagedJob after =
                            context.job().withoutPlan().withOutputs(outputs).withWarnings(made.warnings());
                    JsonObject summary = new JsonObject()
                            .put("renditions", made.renditions().size())
                            .put("thumbnails", all.size() - made.renditions().size())
                            .put(
                                    "bytes",
                                    outputs.stream()
                                            .mapToLong(OutputFile::fileSize)
                                            .sum());
                    return new StageResult(after, summary);
                });
    }

    private OutputUpload result(String mediaId, RenditionFile rendition) {
        ObjectKey key = keys.renditionKey(mediaId, rendition.quality());
        return new OutputUpload(
                new OutputFile(
                        OutputFile.Type.SCALED,
                        key.value(),
                        rendition.width(),
                        rendition.height(),
                        rendition.bytes(),
                        "video/mp4",
                        rendition.quality(),
                        0),
                key,
                rendition.file());
    }

    private OutputUpload result(String mediaId, ThumbnailFile thumbnail) {
        ObjectKey key = keys.thumbnailKey(mediaId, thumbnail.index());
        return new OutputUpload(
                new OutputFile(
                        OutputFile.Type.THUMBNAIL,
                        key.value(),
                        thumbnail.width(),
                        thumbnail.height(),
                        thumbnail.bytes(),
                        "image/jpeg",
                        "",
                        thumbnail.timestamp().toMillis() / 1000.0),
                key,
                thumbnail.file());
    }
}

package dev.sluice.stage.encode;

import dev.sluice.common.io.FileErrorMapper;
import dev.sluice.common.io.PrivateFiles;
import dev.sluice.config.MediaConfig;
import dev.sluice.ffmpeg.text.TextTracks;
import dev.sluice.job.VariantAttributes;
import dev.sluice.media.preview.ClipFile;
import dev.sluice.media.preview.ImageFile;
import dev.sluice.media.preview.Storyboard;
import dev.sluice.media.rendition.EncodeResult;
import dev.sluice.media.rendition.RenditionFile;
import dev.sluice.media.rendition.ThumbnailFile;
import dev.sluice.media.streaming.DashManifest;
import dev.sluice.media.streaming.HlsPlaylists;
import dev.sluice.media.streaming.Playlist;
import dev.sluice.media.streaming.RelativeUri;
import dev.sluice.media.streaming.StreamRendition;
import dev.sluice.media.streaming.StreamText;
import dev.sluice.media.text.TextTrackFile;
import dev.sluice.message.OutputFile;
import dev.sluice.message.StagedJob;
import dev.sluice.objectstore.OutputKeys;
import dev.sluice.stage.StageContext;
import dev.sluice.stage.StageResult;
import dev.sluice.stage.artifact.ArtifactStore;
import dev.sluice.stage.artifact.LocalFile;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Stores finished renditions, thumbnails, previews and text tracks, and the playlists of the renditions, for the upload
 * stage.
 *
 * @param workers for writing playlists and the index of the storyboard
 */
public record EncodeOutputStore(OutputKeys keys, ArtifactStore artifactStore, WorkerExecutor workers) {
    private static final String VIDEO_TYPE = "video/mp4";

    private record Output(OutputFile description, Path file) {
        LocalFile localFile() {
            return new LocalFile(file, description.fileSize(), description.mimeType());
        }
    }

    /** What an encode has made. */
    record Encoded(EncodeResult result, TextTracks text) {}

    /** An encode whose outputs are stored. */
    @FunctionalInterface
    interface Encode {
        /**
         * Encodes.
         *
         * @param context is cancelled if an output cannot be stored
         * @param written receives each rendition whose file does not change any more; on any thread
         */
        Future<Encoded> run(StageContext context, Consumer<Path> written);
    }

    /**
     * Encodes, stores the published outputs, and adds them, with their locations, to the job. Renditions are stored while others are
     * being written or verified.
     *
     * @param media settings of the job
     */
    Future<StageResult> store(StageContext context, MediaConfig media, Encode encode) {
        StageContext part = context.cancellable();
        ArtifactStore.Batch batch = artifactStore.begin(part);
        Consumer<Path> written = media.published().renditions() ? file -> batch.add(rendition(file)) : file -> {};
        return Future.succeededFuture()
                .compose(started -> encode.run(part, written))
                .compose(encoded -> workers.executeBlocking(
                                () -> outputs(part.job(), media, encoded.result(), encoded.text()), false)
                        .compose(outputs -> store(
                                part.job(),
                                batch,
                                encoded.result().withWarnings(encoded.text().warnings()),
                                outputs)))
                .recover(batch::abort);
    }

    private static LocalFile rendition(Path file) {
        try {
            return new LocalFile(file, Files.size(file), VIDEO_TYPE);
        } catch (IOException cause) {
            throw FileErrorMapper.translate(cause);
        }
    }

    private static Future<StageResult> store(
            StagedJob job, ArtifactStore.Batch batch, EncodeResult result, List<Output> outputs) {
        List<LocalFile> files = outputs.stream().map(Output::localFile).toList();
        JsonObject summary = new JsonObject()
                .put("renditions", count(outputs, OutputFile.Type.SCALED))
                .put("thumbnails", count(outputs, OutputFile.Type.THUMBNAIL))
                .put("bytes", files.stream().mapToLong(LocalFile::bytes).sum());
        return batch.complete(files).map(locations -> {
            List<OutputFile> stored = IntStream.range(0, outputs.size())
                    .mapToObj(i -> locations.get(i).applyTo(outputs.get(i).description()))
                    .toList();
            return new StageResult(
                    job.withoutPlan()
                            .withOutputs(stored)
                            .withLoudness(result.loudness())
                            .withWarnings(result.warnings()),
                    summary);
        });
    }

    private static long count(List<Output> outputs, OutputFile.Type type) {
        return outputs.stream()
                .filter(output -> output.description().type() == type)
                .count();
    }

    /** Describes the published outputs in the order of the upload, and writes the playlists. Blocks. */
    private List<Output> outputs(StagedJob job, MediaConfig media, EncodeResult result, TextTracks text) {
        String mediaId = job.mediaId();
        List<StreamRendition> streams = streamRenditions(mediaId, media.streaming(), result);
        Optional<HlsPlaylists> playlists = streams.isEmpty()
                ? Optional.empty()
                : Optional.of(new HlsPlaylists(streams, streamTexts(text), text.captions()));
        Map<String, VariantAttributes> variants =
                playlists.map(HlsPlaylists::variants).orElse(Map.of());
        List<Output> all = new ArrayList<>();
        if (media.published().renditions()) {
            result.renditions().forEach(rendition -> all.add(output(mediaId, rendition, variants)));
        }
        // Viewers need the smallest rendition, the playlists and the poster first.
        List<Output> next = new ArrayList<>();
        playlists.ifPresent(hls -> next.addAll(playlists(mediaId, hls, streams, media.streaming(), result)));
        next.addAll(textAndPreviews(mediaId, result, text));
        all.addAll(Math.min(1, all.size()), next);
        if (media.published().thumbnails() && job.updateOptions().thumbnails()) {
            result.thumbnails().forEach(thumbnail -> all.add(output(mediaId, thumbnail)));
        }
        return all;
    }

    private List<Output> textAndPreviews(String mediaId, EncodeResult result, TextTracks text) {
        List<Output> all = new ArrayList<>();
        Stream.concat(text.tracks().stream(), text.captionTracks().stream())
                .forEach(file -> all.add(output(mediaId, file)));
        result.previews()
                .poster()
                .ifPresent(poster ->
                        all.add(image(keys.streamKey(mediaId, "poster.jpg").value(), poster, OutputFile.POSTER)));
        result.previews().clip().ifPresent(clip -> all.add(output(mediaId, clip)));
        result.previews().storyboard().ifPresent(storyboard -> all.addAll(storyboard(mediaId, storyboard)));
        return all;
    }

    /** Writes the index of the storyboard beside its sheets. Blocks. */
    private List<Output> storyboard(String mediaId, Storyboard storyboard) {
        String index = keys.streamKey(mediaId, "storyboard.vtt").value();
        List<Output> all = new ArrayList<>();
        List<String> uris = new ArrayList<>();
        for (ImageFile sheet : storyboard.sheets()) {
            String key =
                    keys.streamKey(mediaId, "storyboard-" + all.size() + ".jpg").value();
            uris.add(RelativeUri.of(index, key));
            all.add(image(key, sheet, OutputFile.SHEET));
        }
        Path file = storyboard.sheets().get(0).file().resolveSibling("storyboard.vtt");
        all.add(write(
                storyboard.webVtt(uris),
                file,
                bytes -> OutputFile.playlist(index, bytes, TextTrackFile.CONTENT_TYPE, OutputFile.STORYBOARD)));
        return all;
    }

    private static Output image(String key, ImageFile image, String format) {
        return new Output(
                new OutputFile(
                        OutputFile.Type.STREAM,
                        key,
                        image.size().width(),
                        image.size().height(),
                        image.bytes(),
                        "image/jpeg",
                        format,
                        image.timestamp().toMillis() / 1000.0),
                image.file());
    }

    private Output output(String mediaId, ClipFile clip) {
        return new Output(
                new OutputFile(
                        OutputFile.Type.STREAM,
                        keys.streamKey(mediaId, "preview.mp4").value(),
                        clip.size().width(),
                        clip.size().height(),
                        clip.bytes(),
                        VIDEO_TYPE,
                        OutputFile.PREVIEW,
                        0),
                clip.file());
    }

    private Output output(String mediaId, TextTrackFile text) {
        try {
            return new Output(
                    OutputFile.text(
                            keys.streamKey(mediaId, text.name()).value(),
                            Files.size(text.file()),
                            TextTrackFile.CONTENT_TYPE,
                            Optional.of(text.track())),
                    text.file());
        } catch (IOException cause) {
            throw FileErrorMapper.translate(cause);
        }
    }

    /** The renditions as playlists name them; none if there are no playlists, or if a rendition has no fragments. */
    private List<StreamRendition> streamRenditions(
            String mediaId, MediaConfig.Streaming streaming, EncodeResult result) {
        String from = keys.streamKey(mediaId, Playlist.MASTER).value();
        List<StreamRendition> renditions = result.renditions().stream()
                .flatMap(rendition -> rendition.stream().stream()
                        .map(stream -> new StreamRendition(
                                rendition.quality(),
                                RelativeUri.of(
                                        from,
                                        keys.renditionKey(mediaId, rendition.quality())
                                                .value()),
                                stream)))
                .toList();
        return streaming == MediaConfig.Streaming.NONE
                        || renditions.size() < result.renditions().size()
                ? List.of()
                : renditions;
    }

    /** Writes the playlists beside the renditions. Blocks. */
    private List<Output> playlists(
            String mediaId,
            HlsPlaylists hls,
            List<StreamRendition> renditions,
            MediaConfig.Streaming streaming,
            EncodeResult result) {
        List<Playlist> playlists = new ArrayList<>(hls.build());
        if (streaming == MediaConfig.Streaming.HLS_DASH) {
            playlists.add(new DashManifest(renditions).build());
        }
        Path sibling = result.renditions().get(0).file();
        return playlists.stream()
                .map(playlist -> write(
                        playlist.text(),
                        sibling.resolveSibling(playlist.name()),
                        bytes -> describe(mediaId, playlist, bytes)))
                .toList();
    }

    private static List<StreamText> streamTexts(TextTracks text) {
        return text.subtitles().stream()
                .map(file -> new StreamText(file.track(), file.name()))
                .toList();
    }

    private OutputFile describe(String mediaId, Playlist playlist, long bytes) {
        String key = keys.streamKey(mediaId, playlist.name()).value();
        if (StreamText.isPlaylist(playlist.name())) {
            return OutputFile.text(key, bytes, playlist.contentType(), Optional.empty());
        }
        String format = switch (playlist.name()) {
            case Playlist.MASTER -> "hls";
            case Playlist.MANIFEST -> "dash";
            default -> "";
        };
        return OutputFile.playlist(key, bytes, playlist.contentType(), format);
    }

    private static Output write(String text, Path file, LongFunction<OutputFile> description) {
        try {
            PrivateFiles.writeString(file, text);
            return new Output(description.apply(Files.size(file)), file);
        } catch (IOException cause) {
            throw FileErrorMapper.translate(cause);
        }
    }

    private Output output(String mediaId, RenditionFile rendition, Map<String, VariantAttributes> variants) {
        return new Output(
                new OutputFile(
                                rendition.isAv1() ? OutputFile.Type.STREAM : OutputFile.Type.SCALED,
                                keys.renditionKey(mediaId, rendition.quality()).value(),
                                rendition.width(),
                                rendition.height(),
                                rendition.bytes(),
                                VIDEO_TYPE,
                                rendition.quality(),
                                0)
                        .withVariant(variants.getOrDefault(rendition.quality(), rendition.variant())),
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

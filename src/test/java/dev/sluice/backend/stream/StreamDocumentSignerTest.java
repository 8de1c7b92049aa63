package dev.sluice.backend.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.backend.job.RequestRejectedException;
import dev.sluice.backend.job.RequestRejectedException.Reason;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.config.KeysConfig;
import dev.sluice.job.JobId;
import dev.sluice.media.streaming.StreamDocument;
import dev.sluice.objectstore.InMemoryObjectStore;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.OutputKeys;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(VertxExtension.class)
@Timeout(60)
class StreamDocumentSignerTest {
    private static final OutputKeys KEYS = new OutputKeys(
            new KeysConfig(
                    "videos/{mediaId}_{quality}.mp4",
                    "thumbnails/{mediaId}_{n}.jpg",
                    "streams/{mediaId}/{name}",
                    "sluice-staging/"),
            List.of("360p"));
    private static final Set<String> OUTPUTS =
            Set.of("videos/m_360p.mp4", "streams/m/master.m3u8", "streams/m/video_360p.m3u8", "streams/m/text_0.vtt");
    private static final JobId JOB = new JobId("j");
    private static final String HEAD = "#EXTM3U\n";

    @TempDir
    private Path directory;

    private final List<ObjectKey> signed = new ArrayList<>();
    private InMemoryObjectStore store;
    private StreamDocumentSigner signer;

    @BeforeEach
    void create(Vertx vertx) {
        store = new InMemoryObjectStore(vertx);
        signer = new StreamDocumentSigner(vertx, store);
    }

    @Test
    void signsEachObjectOnceAndRefersToPlaylists() throws Exception {
        assertThat(sign(
                        "master.m3u8",
                        HEAD + "video_360p.m3u8\n../../videos/m_360p.mp4\n../../videos/m_360p.mp4\ntext_0.vtt\n"))
                .isEqualTo(HEAD + "video_360p.m3u8?token=T\nhttps://store/videos/m_360p.mp4\n"
                        + "https://store/videos/m_360p.mp4\nhttps://store/streams/m/text_0.vtt\n");
        assertThat(signed).containsExactly(new ObjectKey("videos/m_360p.mp4"), new ObjectKey("streams/m/text_0.vtt"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../videos/other_360p.mp4",
                "../../uploads/m.mp4",
                "../../videos/m_540p.mp4",
                "../other/master.m3u8",
                "audio.m3u8",
                "https://evil.test/videos/m_360p.mp4",
                "//evil.test/x",
                "/videos/m_360p.mp4",
                "../../../videos/m_360p.mp4",
                "../../videos/%6d_360p.mp4",
                "../../videos/m_360p.mp4?x",
                "./video_360p.m3u8",
                "%zz",
            })
    void refusesDocumentThatNamesAnotherObject(String uri) {
        assertThatThrownBy(() -> sign("master.m3u8", HEAD + "../../videos/m_360p.mp4\n" + uri + "\n"))
                .satisfies(cause -> assertRejected(cause, Reason.CONFLICT, "no output of this job"));
        assertThat(signed).isEmpty();
    }

    @Test
    void growingStreamNamesOnlyItsOwnPieces() throws Exception {
        String directory = KEYS.growingPrefix("m", JOB, 7);

        assertThat(sign(objects(7), "master.m3u8", HEAD + "video_360p.m3u8\n360p-3-20001.mp4\n"))
                .isEqualTo(HEAD + "video_360p.m3u8?token=T\nhttps://store/" + directory + "360p-3-20001.mp4\n");
        for (String uri :
                List.of("../../../videos/m_360p.mp4", "../growing-j-8/360p-0-1.mp4", "%2e%2e/x.mp4", "x.txt")) {
            assertThatThrownBy(() -> sign(objects(7), "master.m3u8", HEAD + uri + "\n"))
                    .satisfies(cause -> assertRejected(cause, Reason.CONFLICT, "no output of this job"));
        }
    }

    /** I-frame playlist of 12 hours, with a key frame every 2 s. */
    @Test
    void signsPlaylistOfTwelveHours() throws Exception {
        String entry = "#EXTINF:2.000000,\n#EXT-X-BYTERANGE:100000@123456789012\n../../videos/m_360p.mp4\n";

        assertThat(sign("video_360p.m3u8", HEAD + entry.repeat(21_600)))
                .isEqualTo(HEAD + entry.replace("../../", "https://store/").repeat(21_600));
        assertThat(signed).hasSize(1);
    }

    @Test
    void refusesDocumentsThatAreTooLarge() {
        String comment = "#" + "x".repeat(1023) + "\n";
        assertThatThrownBy(() -> sign("master.m3u8", HEAD + comment.repeat(8 << 10)))
                .satisfies(cause -> assertRejected(cause, Reason.CONFLICT, "has more than 8388608 bytes"));
        // Short URIs that become long.
        assertThatThrownBy(() -> sign("master.m3u8", HEAD + "text_0.vtt\n".repeat(700_000), "x".repeat(100)))
                .satisfies(cause -> assertRejected(cause, Reason.CONFLICT, "with its URLs"));
        StringBuilder pieces = new StringBuilder(HEAD);
        for (int i = 0; i <= 10_000; i++) {
            pieces.append(i).append("-0-1.mp4\n");
        }
        assertThatThrownBy(() -> sign(objects(7), "video_360p.m3u8", pieces.toString()))
                .satisfies(cause -> assertRejected(cause, Reason.CONFLICT, "more than 10000 objects"));
        assertThat(signed).containsOnly(new ObjectKey("streams/m/text_0.vtt"));
    }

    @Test
    void readsDocumentAgainThatWasReplacedWhileItWasRead() throws Exception {
        store(objects(7), "video_360p.m3u8", HEAD);

        store.replaceDuringDownloads(4);
        assertThat(run(objects(7), "video_360p.m3u8", "")).isEqualTo(HEAD);
        store.replaceDuringDownloads(5);
        assertThatThrownBy(() -> run(objects(7), "video_360p.m3u8", ""))
                .satisfies(cause -> assertRejected(cause, Reason.OVERLOADED, "was replaced while it was read. Retry."));
    }

    @Test
    void reportsMissingDocument() {
        assertThatThrownBy(() -> run(objects(0), "master.m3u8", ""))
                .satisfies(cause -> assertRejected(cause, Reason.NOT_FOUND, "no document 'master.m3u8'"));
    }

    private static void assertRejected(Throwable cause, Reason reason, String message) {
        assertThat(cause).isInstanceOf(RequestRejectedException.class).hasMessageContaining(message);
        assertThat(((RequestRejectedException) cause).reason()).isEqualTo(reason);
    }

    private static StreamObjects objects(int growing) {
        return new StreamObjects(JOB, "m", KEYS, key -> OUTPUTS.contains(key.value()), growing);
    }

    private String sign(String name, String text) throws Exception {
        return sign(objects(0), name, text);
    }

    private String sign(String name, String text, String query) throws Exception {
        store(objects(0), name, text);
        return run(objects(0), name, query);
    }

    private String sign(StreamObjects objects, String name, String text) throws Exception {
        store(objects, name, text);
        return run(objects, name, "");
    }

    private void store(StreamObjects objects, String name, String text) throws Exception {
        store.upload(
                        objects.document(name).orElseThrow(),
                        Files.writeString(directory.resolve("document"), text),
                        "text/plain",
                        ProgressListener.noop(),
                        new CancellationToken())
                .await(20, TimeUnit.SECONDS);
    }

    private String run(StreamObjects objects, String name, String query) throws Exception {
        StreamDocumentSigner.Source source = new StreamDocumentSigner.Source(
                objects, StreamDocument.HLS, objects.document(name).orElseThrow(), "T");
        SignedDocument document = signer.sign(source, keys -> {
                    signed.addAll(keys);
                    return Future.succeededFuture(keys.stream()
                            .collect(Collectors.toMap(
                                    Function.identity(), key -> URI.create("https://store/" + key + query))));
                })
                .await(20, TimeUnit.SECONDS);
        return text(document);
    }

    private static String text(SignedDocument document) throws IOException {
        return new String(
                new GZIPInputStream(new ByteArrayInputStream(document.gzip().getBytes())).readAllBytes(),
                StandardCharsets.UTF_8);
    }
}

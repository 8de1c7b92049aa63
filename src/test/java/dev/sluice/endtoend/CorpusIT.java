package dev.sluice.endtoend;

import static dev.sluice.endtoend.PipelineFixture.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.ServicesExtension;
import dev.sluice.ffmpeg.DecodedFrames;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.media.MediaInfo;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes files of many devices and tools, including damaged ones, concurrently: each job ends as the manifest of the corpus
 * specifies, and all stored outputs can be decoded. Rows with {@code either} are damaged videos: they are completed with a
 * warning.
 */
@ExtendWith(ServicesExtension.class)
class CorpusIT {
    private static final Path CORPUS =
            Path.of(System.getProperty("sluice.shared", "../shared")).resolve("corpus");
    private static final int EXPECTED_COLUMN = 18;
    private static final JsonObject TWO_CONCURRENT = new JsonObject().put("concurrency", 2);

    @TempDir
    private static Path directory;

    private static List<Row> rows;
    private static PipelineFixture pipeline;
    private static BackendSimulator backend;

    private record Row(String file, String expected) {
        static Row of(String line) {
            String[] fields = line.split("\t", -1);
            return new Row(fields[0], fields[EXPECTED_COLUMN]);
        }

        Path source() {
            return CORPUS.resolve(file);
        }
    }

    @BeforeAll
    static void sendAll(PipelineFixture fixture) throws Exception {
        Path manifest = CORPUS.resolve("manifest.tsv");
        assumeTrue(Files.exists(manifest), "no corpus at " + CORPUS);
        rows = Files.readAllLines(manifest).stream().skip(1).map(Row::of).toList();
        pipeline = fixture;
        backend = pipeline.backend();
        pipeline.start(new JsonObject()
                .put("stages", new JsonObject().put("download", TWO_CONCURRENT).put("processing", TWO_CONCURRENT)));
        for (Row row : rows) {
            pipeline.upload("uploads/" + row.file(), row.source());
            backend.send(job(row.file(), "uploads/" + row.file()));
        }
    }

    @TestFactory
    Stream<DynamicTest> endsAsManifestSpecifies() {
        return rows.stream()
                .map(row -> DynamicTest.dynamicTest(row.file(), () -> {
                    JsonObject end = backend.awaitEnd(row.file());

                    if (row.expected().equals("failed")) {
                        assertRefused(row, end);
                    } else {
                        assertPlays(row, end);
                    }
                }));
    }

    private static void assertRefused(Row row, JsonObject end) {
        assertThat(end.getMap())
                .containsEntry("status", "failed")
                .containsEntry("retryable", false)
                .containsEntry("attempt", 1);
        assertThat(end.getString("error_code")).isNotBlank();
        assertThat(end.getString("error_message")).endsWith(".");
        assertThat(backend.steps(row.file()))
                .startsWith("downloading_video")
                .endsWith(end.getString("stage") + "_failed");
    }

    private static void assertPlays(Row row, JsonObject end) throws Exception {
        MediaInfo source = FfmpegFixture.probe(row.source());
        DecodedFrames shown = DecodedFrames.of(row.source(), source.video().index(), directory);

        assertThat(end.getMap()).as(end.encode()).containsEntry("status", "completed");
        assertThat(end.containsKey("warnings") || !row.expected().equals("either"))
                .as("damaged video has a warning")
                .isTrue();
        assertThat(end.getJsonArray("thumbnails")).isNotEmpty();
        assertThat(end.getJsonArray("video_versions")).isNotEmpty();
        for (int i = 0; i < end.getJsonArray("video_versions").size(); i++) {
            assertPlays(end.getJsonArray("video_versions").getJsonObject(i), source, shown);
        }
    }

    private static void assertPlays(JsonObject version, MediaInfo source, DecodedFrames shown) throws Exception {
        Path file = Files.createTempFile(directory, "output", ".mp4");
        Files.delete(file);
        pipeline.download(version.getString("s3_key"), file);
        MediaInfo made = FfmpegFixture.probe(file);
        DecodedFrames frames = DecodedFrames.of(file, made.video().index(), directory);

        assertThat(frames.count()).isEqualTo(shown.count());
        assertThat(frames.seconds()).isCloseTo(shown.seconds(), within(0.1));
        assertThat(made.video().codec()).isEqualTo("h264");
        assertThat(made.video().displayMatrix().rotation()).isZero();
        assertThat(made.video().codedSize().width()).isEven().isEqualTo(version.getInteger("width"));
        assertThat(made.video().codedSize().height()).isEven().isEqualTo(version.getInteger("height"));
        FfmpegFixture.assertOutputFormat(file, source.audio().isPresent());
        assertThat(made.bytes()).isEqualTo(version.getLong("file_size"));
        Files.delete(file);
    }
}

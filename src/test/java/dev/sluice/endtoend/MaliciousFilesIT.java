package dev.sluice.endtoend;

import static dev.sluice.endtoend.PipelineFixture.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.SluiceConfig;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.ffmpeg.encode.EncodeRunner;
import dev.sluice.ffmpeg.encode.RenditionEncoder;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.probe.MediaProber;
import dev.sluice.job.JobException;
import dev.sluice.malicious.MaliciousFile;
import dev.sluice.malicious.MaliciousFiles;
import dev.sluice.media.rendition.EncodeResult;
import dev.sluice.media.rendition.EncodeSpeedEstimator;
import dev.sluice.media.rendition.ThumbnailFile;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes malicious files in a complete pipeline, with the sandbox where available, and with probe and encoder without it.
 * Each ends as expected, no output contains frames of another video, no connection is opened, and the worker continues.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@ExtendWith(ServicesExtension.class)
class MaliciousFilesIT {
    private static final JsonObject SETTINGS = new JsonObject()
            .put("ffmpeg", new JsonObject().put("maxEncodeSeconds", 30))
            // Long encodes must reach this limit here and not be encoded in segments.
            .put("delivery", new JsonObject().put("maxTaskSeconds", 86_400))
            .put("stages", new JsonObject().put("processing", new JsonObject().put("concurrency", 2)));
    /** Colour of the secret video; rare in all other videos. */
    private static final Color SECRET = new Color(255, 0, 255);

    @TempDir
    private static Path directory;

    private static Path uploads;
    private static ServerSocketChannel listening;
    private static PipelineFixture pipeline;
    private static List<MaliciousFile> files;

    @BeforeAll
    static void sendAll(PipelineFixture fixture) throws Exception {
        pipeline = fixture;
        FfmpegInstallation ffmpeg = FfmpegFixture.ffmpeg();
        listening = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        listening.configureBlocking(false);
        uploads = Files.createDirectory(directory.resolve("uploads"));
        Path secret = uploads.resolve("secret.ts");
        MaliciousFiles.make(ffmpeg.ffmpeg(), secret, "color=0xff00ff:size=320x240:rate=25:duration=1");
        int port = ((InetSocketAddress) listening.getLocalAddress()).getPort();
        files = new MaliciousFiles(ffmpeg.ffmpeg(), directory, secret, port).all();
        pipeline.start(SETTINGS.copy());
        pipeline.upload("uploads/secret.ts", secret);
        for (MaliciousFile file : files) {
            String key = "uploads/" + file.name();
            pipeline.upload(key, file.writeTo(uploads));
            pipeline.backend().send(job(file.name(), key).put("originalFilename", file.name()));
        }
    }

    @AfterAll
    static void stop() throws Exception {
        listening.close();
    }

    @Order(1)
    @TestFactory
    Stream<DynamicTest> endsAsExpectedInPipeline() {
        return files.stream()
                .map(file -> DynamicTest.dynamicTest(file.name(), () -> {
                    JsonObject end = pipeline.backend().awaitEnd(file.name());

                    assertThat(end.getString("error_code", end.getString("status")))
                            .as(end.encode())
                            .isEqualTo(file.ending());
                    JsonArray thumbnails = end.getJsonArray("thumbnails", new JsonArray());
                    assertThat(thumbnails.isEmpty()).isEqualTo(!file.ending().equals(MaliciousFile.COMPLETED));
                    for (int i = 0; i < thumbnails.size(); i++) {
                        Path picture = directory.resolve("thumbnail.jpg");
                        pipeline.download(thumbnails.getJsonObject(i).getString("s3_key"), picture);
                        assertShowsNoSecret(picture);
                        Files.delete(picture);
                    }
                }));
    }

    @Order(2)
    @TestFactory
    Stream<DynamicTest> endsAsExpectedWithoutSandbox() {
        SluiceConfig config = pipeline.config(new JsonObject()
                .put("ffmpeg", new JsonObject().put("maxEncodeSeconds", 30).put("sandbox", "off")));
        FfmpegInstallation ffmpeg = FfmpegInstallation.locate(config.ffmpeg());
        MediaProber prober =
                new MediaProber(ffmpeg, config.ffmpeg(), config.media().limits());
        RenditionEncoder encoder = new RenditionEncoder(
                new EncodeRunner(ffmpeg, config.ffmpeg(), config.media()), new EncodeSpeedEstimator());
        assertThat(ffmpeg.isSandboxed()).isFalse();
        return files.stream()
                .map(file -> DynamicTest.dynamicTest(file.name(), () -> {
                    Path source = uploads.resolve(file.name());
                    Path attempt = Files.createTempDirectory(directory, "attempt");

                    assertThat(ending(prober, encoder, source, attempt)).isEqualTo(file.ending());
                }));
    }

    @Order(3)
    @Test
    void opensNoConnectionAndChangesNoFile() throws IOException {
        assertThat(listening.accept()).isNull();
        try (Stream<Path> all = Files.walk(directory)) {
            assertThat(all.map(Path::getFileName).map(Path::toString)).doesNotContain("owned");
        }
        assertThat(Path.of("owned")).doesNotExist();
        assertThat(uploads.resolve("secret.ts")).exists();
    }

    @Order(4)
    @Test
    void workerProcessesNextJob() throws Exception {
        pipeline.upload("uploads/good.mp4", pipeline.clip(1));

        pipeline.backend().send(job("good", "uploads/good.mp4"));

        assertThat(pipeline.backend().awaitEnd("good").getString("status")).isEqualTo("completed");
        assertThat(pipeline.backend().messages(BackendSimulator.DEAD)).isZero();
    }

    private static String ending(MediaProber prober, RenditionEncoder encoder, Path source, Path attempt)
            throws IOException {
        CancellationToken cancellation = new CancellationToken();
        try {
            EncodeResult made =
                    encoder.encode(FfmpegFixture.request(source, prober.probe(source, cancellation), attempt));
            for (ThumbnailFile thumbnail : made.thumbnails()) {
                assertShowsNoSecret(thumbnail.file());
            }
            return MaliciousFile.COMPLETED;
        } catch (JobException failure) {
            return failure.code().wire();
        }
    }

    private static void assertShowsNoSecret(Path picture) throws IOException {
        BufferedImage image = ImageIO.read(picture.toFile());
        int close = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                close += isClose(new Color(image.getRGB(x, y))) ? 1 : 0;
            }
        }
        assertThat(close).isLessThan(image.getWidth() * image.getHeight() / 2);
    }

    private static boolean isClose(Color color) {
        return color.getRed() > 200 && color.getGreen() < 80 && color.getBlue() > SECRET.getBlue() - 60;
    }
}
